import Gateway
import Glibc

/// What the system says of this process, for metrics. Opens no file once it is made, so that it can also be asked when no
/// descriptor is left. Safe to use from any thread.
final class ProcessStatus: Sendable {
    private let stat: CInt
    private let folder: CInt
    /// Found out once, since the two clocks that it takes never agree twice to the second.
    private let startedAt: Double

    init() {
        let stat = open("/proc/self/stat", O_RDONLY | O_CLOEXEC)
        let fields = Self.fields(of: stat)
        startedAt =
            fields.count > 19 ? (Self.now - Self.sinceBoot + Double(fields[19]) / Self.ticks).rounded() : Self.now
        self.stat = stat
        folder = open("/proc/self/fd", O_RDONLY | O_CLOEXEC | O_DIRECTORY)
    }

    deinit {
        close(stat)
        close(folder)
    }

    struct Sample: Equatable {
        var processorSeconds = 0.0
        var residentBytes = 0
        var threads = 0
        /// Seconds since 1970.
        var startedAt = 0.0
        var openFiles = 0
        var mostFiles = 0
    }

    var current: Sample {
        var sample = Sample()
        sample.startedAt = startedAt
        let fields = Self.fields(of: stat)
        // proc_pid_stat(5), less the two fields up to the name, which may hold anything.
        if fields.count > 21 {
            sample.processorSeconds = (Double(fields[11]) + Double(fields[12])) / Self.ticks
            sample.threads = fields[17]
            sample.residentBytes = fields[21] * sysconf(CInt(_SC_PAGESIZE))
        }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            sample.mostFiles = Int(clamping: limit.rlim_cur)
        }
        sample.openFiles = openFiles
        return sample
    }

    private static func fields(of stat: CInt) -> [Int] {
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = bytes.withUnsafeMutableBytes { pread(stat, $0.baseAddress, $0.count, 0) }
        guard count > 0, let name = bytes[..<count].lastIndex(of: UInt8(ascii: ")")) else { return [] }
        return bytes[(name + 1)..<count].split(separator: UInt8(ascii: " ")).map {
            Int(String(decoding: $0, as: UTF8.self).filter { $0 != "\n" }) ?? 0
        }
    }

    /// Since Linux 6.2 the folder's size; before that its entries have to be counted, which another descriptor for the same
    /// folder does not disturb.
    private var openFiles: Int {
        var status = Glibc.stat()
        guard fstat(folder, &status) == 0 else { return 0 }
        if status.st_size > 0 { return Int(status.st_size) }
        let copy = openat(folder, ".", O_RDONLY | O_CLOEXEC | O_DIRECTORY)
        guard copy >= 0, let entries = fdopendir(copy) else { return 0 }
        defer { closedir(entries) }
        var count = 0
        while readdir(entries) != nil { count += 1 }
        // Less `.`, `..` and the copy.
        return max(0, count - 3)
    }

    private static var ticks: Double { Double(sysconf(CInt(_SC_CLK_TCK))) }
    private static var now: Double { seconds(CLOCK_REALTIME) }
    private static var sinceBoot: Double { seconds(CLOCK_BOOTTIME) }

    private static func seconds(_ clock: CInt) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

extension MetricsText {
    mutating func add(_ sample: ProcessStatus.Sample) {
        add(
            .counter, "process_cpu_seconds_total", "Processor time, of the user and of the system.",
            sample.processorSeconds)
        add(.gauge, "process_resident_memory_bytes", "Memory that is resident.", Double(sample.residentBytes))
        add(.gauge, "process_open_fds", "Files and sockets that are open.", Double(sample.openFiles))
        add(.gauge, "process_max_fds", "How many may be open.", Double(sample.mostFiles))
        add(.gauge, "process_start_time_seconds", "When the process began, since 1970.", sample.startedAt)
        add(.gauge, "process_threads", "Threads of the process.", Double(sample.threads))
    }
}
