import Text
public import Tokens

/// One thing that is wrong with the configuration. Quotes no secret.
public enum SettingsProblem: Error, Equatable, CustomStringConvertible {
    /// An unknown key, where it was found, and the known key that is nearest to it.
    case unknownKey(String, origin: String, nearest: String)
    /// In a tenant's file.
    case notOfTenants(key: String, origin: String)
    /// `text` is nil when it must not be shown.
    case badValue(key: String, origin: String, text: String?, problem: String, allowed: String)
    case unreadable(FileError, key: String?)
    /// A configuration file that is not YAML, or not of our shape.
    case badFile(path: String, line: Int?, problem: String)
    /// The key, or set of keys, of a setting can't be used to verify tokens.
    case badKey(key: String, path: String?, KeyError)
    case noKeyForAlgorithms(allowed: [Algorithm], given: [Algorithm])
    /// There is no key to verify tokens with.
    case noKey
    /// There is no secret to sign tokens with.
    case noSigningKey
    /// In a tenant's file.
    indirect case ofTenant(path: String, SettingsProblem)
    /// The only keys are those of `auth.jwksURL` and `auth.issuers`, which only the server fetches.
    case onlyFetchedKeys
    case developmentBeyondLoopback(host: String)
    /// The PROXY protocol is on, and no proxy is trusted.
    case proxyProtocolOfNobody
    /// A certificate without its key, or the other way round.
    case halfACertificate
    /// Signing in has an issuer without a client, or the other way round.
    case halfASignIn
    /// The tokens of `signIn.issuer` would be refused.
    case signInOfAStranger(issuer: String)
    /// A tenant's people would sign in at an issuer that is not the tenant's.
    case signInElsewhere(issuer: String)
    /// The operators' listener has a host alone.
    case operatorsWithoutPort
    /// Both listeners would be at the same place.
    case oneAddressForBoth(port: Int)

    public var description: String {
        switch self {
        case .unknownKey(let name, let origin, let nearest):
            "\(name) (\(origin)) is not a setting; the nearest one is \(nearest)"
        case .notOfTenants(let key, let origin):
            "\(key) (\(origin)) is for the whole server and can't be set for one tenant"
        case .badValue(let key, let origin, let text?, let problem, let allowed):
            "\(key) (\(origin)): “\(text.printable)” \(problem); allowed: \(allowed)"
        case .badValue(let key, let origin, nil, let problem, let allowed):
            "\(key) (\(origin)) \(problem); allowed: \(allowed)"
        case .unreadable(let error, let key?): "\(key): \(error)"
        case .unreadable(let error, nil): "\(error)"
        case .badFile(let path, let line?, let problem): "\(path), line \(line): \(problem)"
        case .badFile(let path, nil, let problem): "\(path): \(problem)"
        case .badKey(let key, let path?, let error): "\(key): \(path): \(error)"
        case .badKey(let key, nil, let error): "\(key): \(error)"
        case .noKeyForAlgorithms(let allowed, let given):
            "auth.algorithms: none of \(allowed.list) is for the keys given, which are for \(given.list)"
        case .noKey:
            """
            there is no key to verify tokens with: set auth.secretFile (or BOARDCAST_AUTH_SECRET) to a secret of at least \
            32 bytes, or auth.publicKeyFile, auth.jwksFile, auth.jwksURL or auth.issuers; to only try it out, start with --dev
            """
        case .noSigningKey:
            """
            there is no key to sign with: give --key-file, or set BOARDCAST_AUTH_SECRET_FILE; or go where serve --dev was \
            started, which keeps boardcast.sqlite.secret beside its database
            """
        case .ofTenant(let path, let problem): "\(path): \(problem)"
        case .onlyFetchedKeys:
            "the keys of auth.jwksURL and auth.issuers are fetched by the server alone; give the keys in a file"
        case .developmentBeyondLoopback(let host):
            "--dev is for this machine alone: http.host must be 127.0.0.1, ::1 or localhost, not \(host)"
        case .proxyProtocolOfNobody:
            "http.proxyProtocol is for the connections of http.trustedProxies, which is empty"
        case .halfACertificate:
            "http.tlsCertificateFile and http.tlsKeyFile belong together: set both, or neither for plain HTTP"
        case .halfASignIn:
            "signIn.issuer and signIn.clientID belong together: set both, or neither where nobody signs in on the pages"
        case .signInOfAStranger(let issuer):
            "signIn.issuer is \(issuer.printable), whose tokens would be refused: add it to auth.issuers"
        case .signInElsewhere(let issuer):
            "signIn.issuer is \(issuer.printable), which is not the tenant's auth.issuer"
        case .operatorsWithoutPort:
            "ops.host is given without ops.port: set both for a listener of its own, or neither"
        case .oneAddressForBoth(let port):
            "ops.port and http.port are both \(port) at the same address; the operators' listener needs one of its own"
        }
    }
}

extension SettingsProblem {
    static func badValue(of key: SettingKey, _ text: String, origin: String, _ error: Unfit) -> SettingsProblem {
        .badValue(
            key: key.name, origin: origin, text: key.isSecret || !error.showsText ? nil : text, problem: error.problem,
            allowed: key.allowed)
    }
}

extension [Algorithm] {
    fileprivate var list: String { map(\.rawValue).joined(separator: ", ") }
}
