import HTTPTypes
import Hummingbird

/// Puts the prefix under which clients see us before the paths in `Location` and `Link`, and our URL into a challenge.
struct PublicLinks: RouterMiddleware {
    func handle(
        _ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        Self.complete(&response.headers, at: context.place)
        return response
    }

    static func complete(_ headers: inout HTTPFields, at place: RequestPlace?) {
        guard let place else { return }
        ResourceMetadata.name(in: &headers, at: place)
        let prefix = place.prefix
        guard !prefix.isEmpty else { return }
        if let location = headers[.location], location.hasPrefix("/") { headers[.location] = prefix + location }
        if let link = headers[.link], link.hasPrefix("</") { headers[.link] = "<" + prefix + link.dropFirst() }
    }
}
