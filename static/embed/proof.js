// Proof of work, loaded only where a flood asks for it: PBKDF2 over counters until the key begins as it must (altcha, v2).
// It runs between the page's own tasks and asks nobody else.

const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

export async function solve(challenge) {
  const { cost, keyLength, keyPrefix, nonce, salt } = challenge.parameters;
  const subtle = globalThis.crypto?.subtle;
  if (!subtle) throw new Error("no subtle crypto");
  const began = performance.now();
  const password = new Uint8Array(nonce.length / 2 + 4);
  password.set(bytes(nonce));
  const end = new DataView(password.buffer, nonce.length / 2);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: cost };
  for (let counter = 0; ; counter += 1) {
    end.setUint32(0, counter);
    const key = await subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const derivedKey = hex(await subtle.deriveBits(how, key, keyLength * 8));
    if (derivedKey.startsWith(keyPrefix)) {
      return btoa(JSON.stringify({ challenge, solution: { counter, derivedKey, time: performance.now() - began } }));
    }
  }
}
