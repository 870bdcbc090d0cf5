import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle

/// The gateway while it runs: its listener, and the services that work beside it. The listener is shut down first, and
/// that of the operators, who want to see it, last.
struct GatewayService: Service {
    let services: [any Service]
    let listener: Listener
    /// Nil where operators have none of their own.
    let operators: OperatorsListener?
    let logger: Logger

    func run() async throws {
        let group = ServiceGroup(
            configuration: .init(services: services + [listener], logger: logger.withoutServices))
        guard let operators else { return try await group.run() }
        try await operators.serve { try await group.run() }
    }
}

extension Logger {
    /// The same from the level `info` on: below it a service group writes each service with all that is in it.
    public var withoutServices: Logger {
        var logger = self
        logger.logLevel = max(.info, logLevel)
        return logger
    }
}

extension RouterResponder<AppContext> {
    /// Answers requests as Hummingbird's application does: with an id in the log, and a `Date` (RFC 9110 §6.6.1).
    func answering(logger: Logger) -> HTTPChannelHandler.Responder {
        let dates = DateField()
        return { request, writer, channel in
            var logger = logger
            logger[metadataKey: "hb.request.id"] = .stringConvertible(RequestID())
            let context = AppContext(source: ApplicationRequestContextSource(channel: channel, logger: logger))
            var response: Response
            do {
                response = try await respond(to: request, context: context)
            } catch let error as HTTPParserError {
                throw error
            } catch {
                logger.debug("a request failed", metadata: ["error": "\(type(of: error))"])
                response = Response(status: .internalServerError)
            }
            response.headers[.date] = dates.now
            do { try await writer.write(response: response.head, body: response.body) } catch is HTTPParserError {
                // The answer has begun, and no other may follow it.
                throw ChannelError.inputClosed
            }
        }
    }
}
