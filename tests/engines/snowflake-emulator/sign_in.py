"""Who may sign in, and for how long a session holds. Without a file of users everybody may, as with the emulator's engine.

The file: {"NAME": {"password": "…"} | {"publicKey": "PEM"} | {"oauthToken": "…"}}; several of them together, too.
"""
import base64
import hashlib
import json
import re
import secrets

import jwt
from cryptography.hazmat.primitives import serialization
from starlette.responses import JSONResponse

USERS: dict = {}
# Tokens that once held: of sessions, and of those that renew them.
EXPIRED: set[str] = set()
# The token that renews a session, to the session's own.
RENEWS: dict[str, str] = {}


def load_users(path):
    with open(path, encoding="utf8") as file:
        USERS.update({name.upper(): user for name, user in json.load(file).items()})


CREATE_USER = re.compile(
    r"^\s*CREATE\s+USER\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)\s.*\bRSA_PUBLIC_KEY\s*=\s*'([^']+)'", re.I | re.S
)


def user_made(statement):
    """After this statement, a user whom it made may sign in by key."""
    if USERS and (made := CREATE_USER.match(statement)):
        pem = f"-----BEGIN PUBLIC KEY-----\n{made[2]}\n-----END PUBLIC KEY-----\n"
        USERS.setdefault(made[1].upper(), {"publicKey": pem})


def refusal(login):
    """The service's answer to a sign-in that it refuses; None where it lets it pass."""
    if not USERS:
        return None
    user = USERS.get(str(login.get("LOGIN_NAME", "")).upper(), {})
    kind = str(login.get("AUTHENTICATOR", "SNOWFLAKE")).upper()
    if kind == "SNOWFLAKE_JWT":
        return None if _signed_by(user.get("publicKey"), login) else _refuse("390144", "JWT token is invalid.")
    if kind == "OAUTH":
        held = next((u for u in USERS.values() if u.get("oauthToken") == login.get("TOKEN")), None)
        return None if held else _refuse("390303", "Invalid OAuth access token.")
    if user.get("password") is not None and user["password"] == login.get("PASSWORD"):
        return None
    return _refuse("390100", "Incorrect username or password was specified.")


def session_over(token):
    """The service's answer to a request of a session whose token no longer holds."""
    if token not in EXPIRED:
        return None
    return _refuse("390112", "Your session has expired. Please login again.")


def opened(token):
    """What renews the session of this token."""
    master = secrets.token_urlsafe(32)
    RENEWS[master] = token
    return master


def renew(master, sessions):
    old = RENEWS.get(master)
    if master in EXPIRED or old is None:
        return _refuse("390114", "Authentication token has expired. The user must authenticate again.")
    token = secrets.token_urlsafe(32)
    # The old token is kept for the statements that it began.
    sessions[token] = sessions[old]
    EXPIRED.add(old)
    RENEWS[master] = token
    data = {
        "sessionToken": token,
        "masterToken": master,
        "validityInSecondsST": 3600,
        "validityInSecondsMT": 14400,
        "sessionId": 1,
    }
    return JSONResponse({"data": data, "success": True, "code": None, "message": None})


async def expire(request):
    """Not of the service: ends every session now open, or (?what=master) also what would renew it."""
    for master, token in RENEWS.items():
        EXPIRED.add(token)
        if request.query_params.get("what") == "master":
            EXPIRED.add(master)
    return JSONResponse({"success": True})


def _signed_by(public_key, login):
    if not public_key:
        return False
    key = serialization.load_pem_public_key(public_key.encode())
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    fingerprint = "SHA256:" + base64.b64encode(hashlib.sha256(der).digest()).decode()
    try:
        # The service takes the driver's times, which are milliseconds, though the standard has seconds.
        claims = jwt.decode(
            login.get("TOKEN", ""), key, algorithms=["RS256"], options={"verify_exp": False, "verify_iat": False}
        )
    except jwt.PyJWTError:
        return False
    name = f"{login.get('ACCOUNT_NAME', '')}.{login.get('LOGIN_NAME', '')}".upper()
    return claims.get("iss") == f"{name}.{fingerprint}" and claims.get("sub") == name


def _refuse(code, message):
    return JSONResponse({"data": {"nextAction": "RETRY_LOGIN"}, "code": code, "message": message, "success": False})
