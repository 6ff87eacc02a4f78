// @azure/msal-node: secret, and certificate by SHA-256.

import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { claims, env, load, refusal, report } from "./reporting.mjs";

const { AuthError, ConfidentialClientApplication } = await load("@azure/msal-node");

const pem = readFileSync(env.CONFORMANCE_CERTIFICATE, "utf8");
const thumbprintSha256 = new X509Certificate(pem).fingerprint256.replaceAll(":", "");

async function token(credential) {
  const app = new ConfidentialClientApplication({
    auth: {
      clientId: env.AZURE_CLIENT_ID,
      authority: `https://login.microsoftonline.com/${env.AZURE_TENANT_ID}`,
      ...credential,
    },
  });
  const answer = await app.acquireTokenByClientCredential({ scopes: ["https://graph.microsoft.com/.default"] });
  return answer.accessToken;
}

await report({
  "sign in, secret": async () => claims(await token({ clientSecret: env.AZURE_CLIENT_SECRET })),
  "sign in, certificate by SHA-256": async () =>
    claims(await token({ clientCertificate: { privateKey: pem, thumbprintSha256 } })),
  "wrong secret": () =>
    refusal(AuthError, () => token({ clientSecret: "wrong" }), (error) => `${error}`.match(/AADSTS\d+/)?.[0]),
});
