extension Schema {
    /// What several gateways tell each other. What a crash of the database may take, since its nodes tell it again or it is
    /// good for seconds, is `UNLOGGED`.
    static let nodes = [
        """
        CREATE TABLE boardcast.nodes (
            id TEXT COLLATE "C" PRIMARY KEY,
            name TEXT COLLATE "C" NOT NULL,
            address TEXT COLLATE "C" NOT NULL,
            started_at BIGINT NOT NULL,
            beat_at BIGINT NOT NULL,
            connections BIGINT NOT NULL
        ) WITH (fillfactor = 20)
        """,
        // Numbered by `meta.orders`, whose row is held until the commit: who reads on from a number misses none.
        """
        CREATE TABLE boardcast.orders (
            number BIGINT PRIMARY KEY,
            tenant TEXT COLLATE "C" NOT NULL,
            node TEXT COLLATE "C",
            content BYTEA NOT NULL,
            at BIGINT NOT NULL
        )
        """,
        "CREATE INDEX orders_by_time ON boardcast.orders (at)",
        """
        CREATE UNLOGGED TABLE boardcast.replies (
            "order" BIGINT NOT NULL,
            node TEXT COLLATE "C" NOT NULL,
            body BYTEA NOT NULL,
            PRIMARY KEY ("order", node)
        )
        """,
        // What nodes have: `user` '' are a tenant's connections, `board` '' is every board. The row without a tenant has
        // the base as its count: without it, what the node told was lost.
        """
        CREATE UNLOGGED TABLE boardcast.holdings (
            node TEXT COLLATE "C" NOT NULL,
            tenant TEXT COLLATE "C" NOT NULL,
            "user" TEXT COLLATE "C" NOT NULL,
            board TEXT COLLATE "C" NOT NULL,
            count BIGINT NOT NULL,
            change BIGINT NOT NULL,
            PRIMARY KEY (node, tenant, "user", board)
        )
        """,
        "CREATE INDEX holdings_by_change ON boardcast.holdings (node, change)",
        """
        CREATE UNLOGGED TABLE boardcast.parcels (
            number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            body BYTEA NOT NULL,
            at BIGINT NOT NULL
        )
        """,
        """
        CREATE UNLOGGED TABLE boardcast.tickets (
            digest BYTEA PRIMARY KEY,
            tenant TEXT COLLATE "C" NOT NULL,
            "user" TEXT COLLATE "C" NOT NULL,
            principal BYTEA NOT NULL,
            expires_at BIGINT NOT NULL
        )
        """,
        "CREATE INDEX tickets_of_user ON boardcast.tickets (tenant, \"user\", expires_at)",
        "CREATE INDEX tickets_by_time ON boardcast.tickets (expires_at)",
    ]
}
