// Bytes, their spellings and their hashes. Everything here refuses what tlog/ (the same in Python) refuses.

// Something does not hold. `reason` is the same short word as in tlog/errors.py.
export class Refused extends Error {
  constructor(text, reason = "malformed") {
    super(text);
    this.reason = reason;
  }
}

export const utf8 = (text) => new TextEncoder().encode(text);

export function text(data, what = "this") {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    throw new Refused(`${what} is not UTF-8`);
  }
}

export function joined(...parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export const same = (left, right) => left.length === right.length && left.every((byte, at) => byte === right[at]);

export const hex = (data) => Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");

export function b64(data) {
  let binary = "";
  for (const byte of data) binary += String.fromCharCode(byte);
  return btoa(binary);
}

// Standard base64 with padding, written as we would write it (RFC 4648 section 4).
export function unb64(spelled) {
  let data;
  try {
    data = Uint8Array.from(atob(spelled), (sign) => sign.charCodeAt(0));
  } catch {
    throw new Refused("this is not base64");
  }
  if (b64(data) !== spelled) throw new Refused("this is not canonical base64");
  return data;
}

export const b64url = (data) => b64(data).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

// base64url without padding (RFC 4648 section 5).
export function unb64url(spelled) {
  if (!/^[A-Za-z0-9_-]*$/.test(spelled) || spelled.length % 4 === 1) throw new Refused("this is not base64url");
  const data = unb64spread(spelled);
  if (b64url(data) !== spelled) throw new Refused("this is not canonical base64url");
  return data;
}

function unb64spread(spelled) {
  const standard = spelled.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(standard + "=".repeat((4 - (standard.length % 4)) % 4)), (sign) => sign.charCodeAt(0));
}

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

// Base58 with Bitcoin's alphabet, as multibase `z` has it.
export function unb58(spelled) {
  if (spelled.length > 200 || [...spelled].some((sign) => !ALPHABET.includes(sign))) {
    throw new Refused("this is not base58");
  }
  let number = 0n;
  for (const sign of spelled) number = number * 58n + BigInt(ALPHABET.indexOf(sign));
  const bytes = [];
  for (; number; number >>= 8n) bytes.unshift(Number(number & 255n));
  const zeros = spelled.length - spelled.replace(/^1+/, "").length;
  return joined(new Uint8Array(zeros), Uint8Array.from(bytes));
}

export const sha256 = async (data) => new Uint8Array(await crypto.subtle.digest("SHA-256", data));

export async function hmac(secret, data) {
  const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, data));
}

// True if this browser can check Ed25519 here: a secure page, and an engine from 2025 or later.
export async function canCheck() {
  if (!globalThis.isSecureContext || !globalThis.crypto?.subtle) return false;
  try {
    await crypto.subtle.importKey("raw", new Uint8Array(32), { name: "Ed25519" }, false, ["verify"]);
    return true;
  } catch {
    return false;
  }
}

export async function checkEd25519(publicKey, signature, message) {
  let holds = false;
  try {
    const key = await crypto.subtle.importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"]);
    holds = await crypto.subtle.verify("Ed25519", key, signature, message);
  } catch (wrong) {
    if (wrong.name === "NotSupportedError") throw wrong;
  }
  if (!holds) throw new Refused("the signature does not verify", "bad-signature");
}
