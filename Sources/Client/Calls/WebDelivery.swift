import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Something sent to the web, of whose answer the status alone counts.
public enum WebDelivery {
    /// Posts `bytes` to `url` without any credentials; any status but those from 200 to 299 is a failure.
    ///
    /// - Parameters:
    ///   - type: the media type.
    ///   - patience: how long it may take as a whole.
    /// - Throws: ``Failure`` of unreachable, in words that quote nothing of the answer.
    public static func post(
        _ bytes: [UInt8], as type: String, to url: String, within patience: Duration
    ) async throws(Failure) {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers = ["Content-Type": type, "User-Agent": "boardcast"]
        request.body = .bytes(ByteBuffer(bytes: bytes))
        let status: HTTPResponseStatus
        do {
            let timeout = TimeAmount.nanoseconds(Int64(patience / .nanoseconds(1)))
            status = try await HTTPClients.calls.execute(request, timeout: timeout).status
        } catch { throw Failure(.unreachable, NetworkProblem.words(for: error)) }
        guard 200..<300 ~= status.code else { throw Failure(.unreachable, "the answer is \(status.code)") }
    }
}
