import HTTPTypes
import Hummingbird

/// Puts the prefix under which clients see us before the paths in `Location` and `Link`, and our URL into a challenge.
struct PublicLinks: RouterMiddleware {
    func handle(
        _ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        guard let place = context.place else { return response }
        ResourceMetadata.name(in: &response.headers, at: place)
        let prefix = place.prefix
        guard !prefix.isEmpty else { return response }
        if let location = response.headers[.location], location.hasPrefix("/") {
            response.headers[.location] = prefix + location
        }
        if let link = response.headers[.link], link.hasPrefix("</") {
            response.headers[.link] = "<" + prefix + link.dropFirst()
        }
        return response
    }
}
