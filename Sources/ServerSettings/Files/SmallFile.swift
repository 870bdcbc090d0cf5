import Glibc

/// Reads whole small files, such as keys, secrets and configuration; pipes and process substitution will do.
public enum SmallFile {
    /// Longest file that is read, in bytes.
    public static let longest = 1 << 20

    /// The bytes of a file.
    ///
    /// - Parameter longest: bytes; a longer file is refused.
    public static func read(_ path: String, upTo longest: Int = longest) throws(FileError) -> [UInt8] {
        guard let file = fopen(path, "rbe") else { throw FileError(path, errno: errno) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        while bytes.count <= longest {
            let part = [UInt8](unsafeUninitializedCapacity: 16_384) { $1 = fread($0.baseAddress, 1, 16_384, file) }
            if part.isEmpty { break }
            bytes += part
        }
        guard ferror(file) == 0 else { throw FileError(path, errno: errno) }
        guard bytes.count <= longest else { throw FileError(path, "longer than \(longest) bytes") }
        return bytes
    }

    /// The file as UTF-8, without the line break that editors and `echo` put at its end.
    public static func readLine(_ path: String) throws(FileError) -> String {
        guard let text = String(validating: try read(path).withoutLastLineBreak, as: UTF8.self) else {
            throw FileError(path, "not UTF-8")
        }
        return text
    }

    /// The names in a directory, sorted, without those that begin with a dot.
    static func names(inDirectory path: String) throws(FileError) -> [String] {
        guard let directory = opendir(path) else { throw FileError(path, errno: errno) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }
}

extension String {
    /// Without the line break that editors and `echo` put at the end.
    var withoutLastLineEnd: String { String(decoding: Array(utf8).withoutLastLineBreak, as: UTF8.self) }
}

extension [UInt8] {
    var withoutLastLineBreak: ArraySlice<UInt8> {
        guard last == UInt8(ascii: "\n") else { return self[...] }
        return dropLast(dropLast().last == UInt8(ascii: "\r") ? 2 : 1)
    }
}
