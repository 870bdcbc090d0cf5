extension JobFollower {
    /// Follows a job to its end without showing anything, and returns how it ended.
    ///
    /// - Throws: ``Failure`` when it can't be followed any more.
    public static func end(ofJob id: String, on client: GatewayClient) async throws -> End? {
        let stream = FollowedStream(
            "/api/jobs/\(id)/stream", of: client, follower: JobFollower(), show: { _ in })
        do { try await stream.run() } catch let failure as Failure {
            guard let end = await stream.jobEnd else { throw failure }
            return end
        }
        return await stream.jobEnd
    }
}
