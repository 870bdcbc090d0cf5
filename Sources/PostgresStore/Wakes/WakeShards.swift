import Events

/// The channels on which nodes tell each other how far tenants' logs have come: a tenant's is found by its name, so that a
/// node hears of the tenants that it keeps, and of few others.
enum WakeShards {
    static let count = 64

    static func shard(of tenant: TenantID) -> Int { Int(tenant.stableHash % UInt32(count)) }
    static func channel(_ shard: Int) -> String { "boardcast_\(shard)" }
}

/// What a notification on such a channel says: tenants and the newest numbers of their logs, as `NAME NUMBER` in lines.
///
/// It is a hint, and never data: whoever hears it reads the log. What can't be read in it is passed over.
enum WakePayload {
    /// PostgreSQL takes payloads of less than 8000 bytes.
    static let mostBytes = 7999

    /// As many payloads as are needed, each on the channel of its tenants.
    static func encode(_ heads: [TenantID: Int]) -> [(channel: String, payload: String)] {
        var lines: [Int: [String]] = [:]
        for (tenant, head) in heads { lines[WakeShards.shard(of: tenant), default: []].append("\(tenant) \(head)") }
        var payloads: [(channel: String, payload: String)] = []
        for (shard, lines) in lines {
            var text = ""
            for line in lines {
                if !text.isEmpty, text.utf8.count + 1 + line.utf8.count > mostBytes {
                    payloads.append((WakeShards.channel(shard), text))
                    text = ""
                }
                text += text.isEmpty ? line : "\n" + line
            }
            payloads.append((WakeShards.channel(shard), text))
        }
        return payloads
    }

    static func decode(_ payload: String) -> [(tenant: TenantID, head: Int)] {
        payload.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ", omittingEmptySubsequences: false)
            guard parts.count == 2, let tenant = TenantID(String(parts[0])), let head = Int(parts[1]),
                0...RowReader.highest ~= head
            else { return nil }
            return (tenant, head)
        }
    }
}

extension TenantID {
    /// The same for every node and start: not Swift's own hash.
    var stableHash: UInt32 {
        rawValue.utf8.reduce(into: UInt32(2_166_136_261)) { $0 = ($0 ^ UInt32($1)) &* 16_777_619 }
    }
}
