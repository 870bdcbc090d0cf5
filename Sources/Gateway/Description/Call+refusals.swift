import HTTPTypes

extension Call {
    /// The statuses of all its refusals: those that follow from its description, and its own, in rising order.
    ///
    /// Not those of what is no request at all (408, 431, 501, 505), which never reaches a call.
    var statuses: [HTTPResponse.Status] {
        // A head or a target that can't be read, and whatever the description says of query, fields and body.
        var found: Set<HTTPResponse.Status> = [.badRequest]
        found.formUnion(refusals)
        if parameter != nil { found.insert(.notFound) }
        if access != .open { found.formUnion([.unauthorized, .tooManyRequests]) }
        if case .role = access { found.insert(.forbidden) }
        if isForTenants { found.formUnion([.internalServerError, .serviceUnavailable]) }
        if isWrite { found.insert(.insufficientStorage) }
        if body != .none { found.formUnion([.contentTooLarge, .unsupportedMediaType]) }
        if fields.contains(.idempotencyKey) { found.insert(.unprocessableContent) }
        return found.sorted { $0.code < $1.code }
    }

    /// Whether the limit of writes counts it.
    var isWrite: Bool { isForTenants && isLimited && method != .get }

    /// Whether the API's description has it: not the pages' files.
    var isDescribed: Bool { name != PageCalls.name }
}
