import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** An issuer of OpenID Connect that signs in whoever is set as its person, without asking. */
export interface Issuer {
  url: string;
  /** What its next token says. */
  person: Record<string, unknown>;
  /** The environment by which a service knows it. */
  env: Record<string, string>;
  stop(): Promise<unknown>;
}

const b64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** issue starts an issuer under a name. */
export async function issue(name: string): Promise<Issuer> {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const codes = new Map<string, URLSearchParams>();
  const answer = (res: ServerResponse, body: object, status = 200) => {
    res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  const server = createServer(async (req, res) => {
    const { pathname, searchParams: q } = new URL(req.url ?? "/", issuer.url);
    const { url } = issuer;
    if (pathname === "/.well-known/openid-configuration")
      return answer(res, {
        issuer: url,
        authorization_endpoint: `${url}/authorize`,
        token_endpoint: `${url}/token`,
        jwks_uri: `${url}/keys`,
        id_token_signing_alg_values_supported: ["RS256"],
      });
    if (pathname === "/keys")
      return answer(res, { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "1", use: "sig", alg: "RS256" }] });
    if (pathname === "/authorize") {
      const code = randomBytes(16).toString("hex");
      codes.set(code, q);
      const back = new URL(q.get("redirect_uri") ?? "");
      back.search = new URLSearchParams({ code, state: q.get("state") ?? "" }).toString();
      return res.writeHead(302, { location: back.href }).end();
    }
    let sent = "";
    for await (const part of req) sent += part;
    const form = new URLSearchParams(sent);
    const asked = codes.get(form.get("code") ?? "");
    codes.delete(form.get("code") ?? "");
    const proof = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    if (pathname !== "/token" || !asked || proof !== asked.get("code_challenge"))
      return answer(res, { error: "invalid_grant" }, 400);
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: url, aud: "zhengbei", iat: now, exp: now + 300, nonce: asked.get("nonce"), ...issuer.person };
    const text = `${b64({ alg: "RS256", kid: "1" })}.${b64(claims)}`;
    const token = `${text}.${sign("RSA-SHA256", Buffer.from(text), privateKey).toString("base64url")}`;
    answer(res, { access_token: "unused", token_type: "Bearer", id_token: token });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const issuer: Issuer = {
    url,
    person: {},
    env: {
      ZHENGBEI_OIDC_ISSUER: url,
      ZHENGBEI_OIDC_CLIENT_ID: "zhengbei",
      ZHENGBEI_OIDC_NAME: name,
      ZHENGBEI_OIDC_ROLES: "officer=bureau;sysadmin=sys;auditor=audit",
    },
    stop: () => new Promise((done) => server.close(done)),
  };
  return issuer;
}
