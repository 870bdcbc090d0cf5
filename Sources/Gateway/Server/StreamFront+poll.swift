import Events
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import Rooms

/// Polls that may wait: asked of the router, and turned into readers when there is nothing for them yet.
extension StreamFront {
    func openPoll(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        let place = NIOLoopBound((front: self, context: context), eventLoop: context.eventLoop)
        let (channel, loop) = (context.channel, context.eventLoop)
        Task { [polls, logger, announcedPeer] in
            let result: (PollResponder.Answer, WaitingPoll?)?
            do { result = try await polls.answer(head, on: channel, peer: announcedPeer, logger: logger) } catch {
                result = nil
            }
            loop.execute {
                let (front, context) = place.value
                guard context.channel.isActive, case .deciding = front.mode else { return }
                guard let (answer, poll) = result else { return context.close(promise: nil) }
                if let poll {
                    front.wait(poll, answer, head, context: context)
                } else {
                    front.send(answer, to: head, context: context)
                }
            }
        }
    }

    /// Answers, and goes on with HTTP requests.
    private func send(_ answer: PollResponder.Answer, to head: HTTPRequestHead, context: ChannelHandlerContext) {
        RawResponse.write(answer, closing: transport.ends(with: head), to: context)
        goOn(context: context)
    }

    private func wait(
        _ poll: WaitingPoll, _ answer: PollResponder.Answer, _ head: HTTPRequestHead, context: ChannelHandlerContext
    ) {
        guard let output = transport.sink(context, sendBuffer: hub.limits.sendBuffer, lingers: true) else {
            return context.close(promise: nil)
        }
        let sink = PollSink(
            poll, on: output, of: hub, head: RawResponse.head(answer.response.head), nothing: answer.body)
        streams.admission.open(poll, to: hub, on: sink) { [self] result in
            guard context.channel.isActive, case .deciding = mode else { return sink.forget() }
            switch result {
            case .success(let reader):
                reader.client = ClientLabel(streams.place(of: CredentialFields(head), peer: peer(context)), head)
                leaveRequests(for: .poll(sink), context: context)
                removeCodec(context: context)
                keep(reader)
                sink.begin(reader)
            case .failure(.full):
                let problem = Problem.limitReached(
                    "As many connections are open as may be; poll without wait.", after: 1)
                refuse(problem, head, of: poll.principal.tenant, context: context)
            // The gateway shuts down, or the log can't be read: the client has what there is.
            case .failure: send(answer, to: head, context: context)
            }
        }
    }
}
