import Client
import Gateway
import Logging
import ServiceLifecycle

/// Sends the spans of requests to the collector of `tracing.otlpURL`, once a second. What it does not take is dropped, and
/// counted: the log has one line when that begins, and one when it ends.
struct SpanExporter: Service {
    let spans: SpanQueue?
    /// Of the collector's traces.
    let url: String
    let logger: Logger

    static let pause = Duration.seconds(1)
    static let patience = Duration.seconds(5)

    func run() async throws {
        guard let spans else { return try await gracefulShutdown() }
        var isFailing = false
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.pause) }
            await send(spans, &isFailing)
        }
    }

    private func send(_ spans: SpanQueue, _ isFailing: inout Bool) async {
        while let batch = spans.take() {
            do throws(Failure) {
                try await WebDelivery.post(batch.json, as: "application/json", to: url, within: Self.patience)
                spans.settle(batch, isSent: true)
                if isFailing { logger.notice("the collector takes spans again") }
                isFailing = false
            } catch {
                spans.settle(batch, isSent: false)
                if !isFailing { logger.warning("the collector takes no spans", metadata: ["reason": "\(error)"]) }
                isFailing = true
                return
            }
        }
    }
}
