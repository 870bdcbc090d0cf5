#pragma once

/// A file of `Sources/WebClient/Assets`, as text that ends with a zero.
typedef struct {
    /// Its path in that folder.
    const char *path;
    const unsigned char *text;
} WebAsset;

const WebAsset *web_assets(void);
long web_assets_count(void);
