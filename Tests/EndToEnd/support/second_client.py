"""A stream read by sseclient-py, which shares no code with httpx-sse."""

import sseclient


class _Bytes:
    """Gives sseclient what has arrived as soon as it has, not in blocks of a size."""

    def __init__(self, response):
        self._response = response

    def __iter__(self):
        return self._response.iter_content(chunk_size=1)

    def close(self):
        self._response.close()


def by_sseclient(response):
    """The events of a streamed answer to `requests`, one by one as they come."""
    return sseclient.SSEClient(_Bytes(response)).events()
