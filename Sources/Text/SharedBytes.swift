/// Bytes that stay in one place as long as somebody holds them, and never change: a copy in memory, or those of a file
/// that is mapped.
public struct SharedBytes: Sendable, RandomAccessCollection {
    /// Releases the bytes with the last reference to them.
    private final class Place: @unchecked Sendable {
        let start: UnsafeMutableRawPointer
        let release: @Sendable (UnsafeMutableRawPointer) -> Void

        init(_ start: UnsafeMutableRawPointer, _ release: @escaping @Sendable (UnsafeMutableRawPointer) -> Void) {
            (self.start, self.release) = (start, release)
        }

        deinit { release(start) }
    }

    private let place: Place
    private let offset: Int
    public let count: Int

    /// A copy of `bytes`.
    public init(_ bytes: some Collection<UInt8>) {
        let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: Swift.max(1, bytes.count))
        _ = copy.initialize(from: bytes)
        self.init(at: UnsafeMutableRawPointer(copy.baseAddress!), count: bytes.count) { $0.deallocate() }
    }

    /// The `count` bytes at `start`, which nobody changes until `release` is called.
    public init(
        at start: UnsafeMutableRawPointer, count: Int, release: @escaping @Sendable (UnsafeMutableRawPointer) -> Void
    ) {
        (place, offset, self.count) = (Place(start, release), 0, count)
    }

    private init(_ place: Place, from offset: Int, count: Int) {
        (self.place, self.offset, self.count) = (place, offset, count)
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { count }

    public subscript(position: Int) -> UInt8 {
        precondition(position >= 0 && position < count)
        return place.start.load(fromByteOffset: offset + position, as: UInt8.self)
    }

    /// A part of them, counted from 0 again; keeps them all.
    public func part(_ range: Range<Int>) -> SharedBytes {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        return SharedBytes(place, from: offset + range.lowerBound, count: range.count)
    }

    public func withBuffer<Value, Failure>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        defer { withExtendedLifetime(place) {} }
        let start = UnsafePointer((place.start + offset).assumingMemoryBound(to: UInt8.self))
        return try body(UnsafeBufferPointer(start: start, count: count))
    }

    public func withContiguousStorageIfAvailable<Value>(
        _ body: (UnsafeBufferPointer<UInt8>) throws -> Value
    ) rethrows -> Value? {
        try withBuffer(body)
    }
}
