"""Signs and verifies with PyJWT what TokensTests sends: one JSON list on stdin, one on stdout."""

import json
import sys

import jwt


def sign(case):
    key = jwt.PyJWK(case["jwk"], algorithm=case["algorithm"])
    return jwt.encode(case["payload"], key, algorithm=case["algorithm"])


def verify(case):
    key = jwt.PyJWK(case["jwk"], algorithm=case["algorithm"])
    try:
        return jwt.decode(case["token"], key, algorithms=[case["algorithm"]], options={"verify_exp": False})
    except jwt.InvalidTokenError as error:
        return type(error).__name__


work = {"sign": sign, "verify": verify}[sys.argv[1]]
json.dump([work(case) for case in json.load(sys.stdin)], sys.stdout)
