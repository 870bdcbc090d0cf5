import HTTPTypes
import Hummingbird
import NIOCore

/// What a browser gets at an address where there is nothing: a page that a person can read, and the way to the board.
///
/// Programs get the problem document as ever: this is only for who asks for HTML before anything else (RFC 9110
/// §12.5.1), as browsers do when somebody opens an address.
enum LostPage {
    /// - Parameter prefix: the path under which a proxy serves us; empty without one.
    static func response(to request: Request, under prefix: String) -> Response? {
        guard request.method == .get || request.method == .head, wantsPage(request.headers[.accept]) else { return nil }
        let headers: HTTPFields = [
            .contentType: "text/html; charset=utf-8",
            .contentSecurityPolicy: "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
        ]
        return Response(
            status: .notFound, headers: headers, body: .init(byteBuffer: ByteBuffer(string: page(under: prefix))))
    }

    static func page(under prefix: String) -> String {
        // It comes from a proxy's header.
        let home = String(prefix.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "/-._~%".contains($0)) })
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Nothing here · Boardcast</title>
            <link rel="stylesheet" href="\(home)/assets/shared/theme.css">
            <link rel="stylesheet" href="\(home)/assets/shared/base.css">
            </head>
            <body>
            <main class="lost">
            <h1>There is nothing at this address.</h1>
            <p>It may be misspelt. <a href="\(home)/">Open the board</a></p>
            </main>
            </body>
            </html>

            """
    }

    private static func wantsPage(_ accept: String?) -> Bool {
        guard let first = accept?.split(separator: ",").first?.split(separator: ";").first else { return false }
        return first.filter { $0 != " " }.lowercased() == "text/html"
    }
}
