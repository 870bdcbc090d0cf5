import Events
public import NIOCore

/// How events get from the rooms to the socket.
extension Reader {
    /// Sends what `buffer` holds after the offset `start`, in one write, and moves the cursor.
    ///
    /// When the socket takes only a part of it, the frame that was cut is finished and the reader lags: it reads what
    /// follows that frame from the log.
    func deliver(_ buffer: FrameBuffer, from start: Int = 0) {
        guard state != .closed else { return }
        let bytes = start == 0 ? buffer.bytes : buffer.slice(from: start, to: buffer.count)
        guard let taken = sink.send(bytes) else { return drop() }
        let count = start == 0 ? buffer.marks.count : buffer.marks.count - buffer.frame(at: start)
        noteSent(taken)
        if taken == bytes.readableBytes {
            log.advance(to: buffer.lastSeq)
            sent.events += count
            return
        }
        let cut = start + taken
        let index = buffer.frame(at: cut)
        let mark = buffer.marks[index]
        listed.list?.leave(self)
        log.advance(to: mark.seq)
        sent.events += count - (buffer.marks.count - index - 1)
        output.isLast = buffer.isFinal && index == buffer.marks.count - 1
        queue(buffer.slice(from: cut, to: mark.end))
    }

    /// Sends bytes that move no cursor: heartbeats, notices and answers.
    ///
    /// They wait until the stream has begun, and while its socket takes no bytes; when more than 16 KiB wait, the
    /// connection is dropped as stalled.
    public func send(_ bytes: ByteBuffer) {
        guard state != .closed else { return }
        if output.blockedSince != nil || !hasStarted {
            output.waiting.writeImmutableBuffer(bytes)
            if output.waiting.readableBytes > Self.mostWaiting { drop(.stalled) }
            return
        }
        guard let taken = sink.send(bytes) else { return drop() }
        noteSent(taken)
        guard taken < bytes.readableBytes else { return }
        leaveList()
        var rest = bytes
        rest.moveReaderIndex(forwardBy: taken)
        queue(rest)
    }

    /// Leaves the rest of a frame to the sink; nothing else is sent until it has left.
    ///
    /// Without room for it the connection is dropped: nothing is lost, since its client comes back with its cursor.
    private func queue(_ rest: ByteBuffer) {
        guard let held = hub.queued.hold(rest, of: tenant) else { return drop(.queuesFull) }
        state = .lagging
        presence.mayHaveMissed = true
        output.blockedSince = hub.uptime()
        output.queued = held.ticket
        sink.queue(held.bytes) { [self] in
            guard state != .closed else { return }
            giveBackQueued()
            output.blockedSince = nil
            noteSent(rest.readableBytes)
            if output.isLast { return end() }
            sendWaiting()
            read()
        }
    }

    /// Gives back the room of what has left, or never will.
    func giveBackQueued() {
        guard let ticket = output.queued else { return }
        output.queued = nil
        hub.queued.giveBack(ticket)
    }

    /// Sends the notices and answers that waited.
    func sendWaiting() {
        guard output.waiting.readableBytes > 0, output.blockedSince == nil else { return }
        let waiting = output.waiting
        output.waiting = ByteBuffer()
        send(waiting)
    }

    private func noteSent(_ count: Int) {
        guard count > 0 else { return }
        output.lastWrite = hub.uptime()
        sent.bytes += count
    }

    /// Removes this reader from its list and sets its cursor to the last event that it has.
    func leaveList() {
        guard let list = listed.list else { return }
        log.cursor = list.reached(by: self)
        list.leave(self)
        state = .lagging
    }

    static let mostWaiting = 16 << 10
}
