// @microsoft/microsoft-graph-client with a credential of @azure/identity, as its documentation shows them.

import { claims, env, load, refusal, report } from "./reporting.mjs";

const { ClientSecretCredential, DefaultAzureCredential, AuthenticationRequiredError } = await load("@azure/identity");
const { BatchRequestContent, BatchResponseContent, Client, GraphError, PageIterator } = await load(
  "@microsoft/microsoft-graph-client",
);
const { TokenCredentialAuthenticationProvider } = await load(
  "@microsoft/microsoft-graph-client/authProviders/azureTokenCredentials",
);

const scope = "https://graph.microsoft.com/.default";
const nobody = "/users/00000000-0000-0000-0000-000000000001";

function client() {
  const authProvider = new TokenCredentialAuthenticationProvider(new DefaultAzureCredential(), { scopes: [scope] });
  return Client.initWithMiddleware({ authProvider });
}

async function users() {
  const graph = client();
  const found = [];
  const first = await graph.api("/users").get();
  await new PageIterator(graph, first, (user) => found.push(user.id) > 0).iterate();
  return found.sort();
}

async function throttled() {
  const began = Date.now();
  const answer = await client().api("/organization").get();
  return { got: answer.value[0].displayName, waited: Date.now() - began >= 1000 };
}

async function batch() {
  const steps = { organization: "/organization", nobody }; // names are those of the answers
  const requests = Object.entries(steps).map(([id, path]) => ({
    id,
    request: new Request(`https://graph.microsoft.com${path}`), // of which only the path is sent
  }));
  const content = await new BatchRequestContent(requests).getContent();
  const answers = new BatchResponseContent(await client().api("/$batch").post(content)).getResponses();
  return Object.fromEntries([...answers].map(([id, answer]) => [id, answer.status]));
}

await report({
  "sign in, secret": async () => claims((await new DefaultAzureCredential().getToken(scope)).token),
  "wrong secret": () =>
    refusal(
      AuthenticationRequiredError,
      () => new ClientSecretCredential(env.AZURE_TENANT_ID, env.AZURE_CLIENT_ID, "wrong").getToken(scope),
      (error) => `${error.message}`.match(/AADSTS\d+/)?.[0],
    ),
  "users, every page": users,
  "waits after a 429": throttled,
  "missing object": () => refusal(GraphError, () => client().api(nobody).get(), (error) => error.code),
  "$batch": batch,
});
