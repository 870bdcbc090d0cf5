import Testing

@testable import SQLiteStore

@Suite struct RowSumTests {
    private func sum(_ build: (inout RowSum) -> Void) -> Int {
        var sum = RowSum(tenant: 1)
        build(&sum)
        return sum.value
    }

    @Test func `whatever differs has another sum`() {
        let sums = [
            sum { _ in },
            sum { $0.add("") },
            sum { $0.add("a") },
            sum { $0.add("b") },
            sum { $0.add("ab") },
            sum {
                $0.add("a"); $0.add("b")
            },
            sum { $0.add("a\u{0}") },
            sum { $0.add("12345678") },
            sum { $0.add("123456789") },
            sum { $0.add("12345678\u{0}") },
            sum { $0.add(nil as String?) },
            sum { $0.add("" as String?) },
            sum { $0.add(0 as Int?) },
            sum { $0.add(Int.min) },
        ]
        #expect(Set(sums).count == sums.count)
        #expect(RowSum(tenant: 1).value != RowSum(tenant: 2).value)
    }

    @Test func `every changed bit is seen`() {
        let bytes = Array("The quick brown fox".utf8)
        let whole = sum { $0.add(bytes) }
        for bit in 0..<bytes.count * 8 {
            var changed = bytes
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(sum { $0.add(changed) } != whole)
        }
    }

    @Test func `it stays the same from one version to the next`() {
        #expect(
            sum {
                $0.add("Boardcast"); $0.add(7)
            } == Self.known)
    }

    private static let known = -4_635_948_552_431_035_521
}
