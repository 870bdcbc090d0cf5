/// Fetches the keys that tokens name and that are not here yet.
public protocol KeyArrivals: Sendable {
    /// Asks for the keys of an issuer, which a token names, unverified. May be called from any thread.
    ///
    /// - Parameter arrived: called once, when they were fetched or could not be.
    /// - Returns: false when they are not fetched now, for there is nowhere to fetch them from, or they were asked for not
    ///   long ago; then `arrived` is never called.
    func request(_ issuer: String?, arrived: @escaping @Sendable () -> Void) -> Bool
}
