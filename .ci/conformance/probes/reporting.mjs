// How a probe in JavaScript tells what its client got: one line of JSON an operation.

export async function report(operations) {
  for (const [operation, run] of Object.entries(operations)) {
    const began = Date.now();
    let told;
    try {
      told = { got: await run() };
    } catch (error) {
      told = { error: `${error?.constructor?.name}: ${error?.message ?? error}` };
    }
    console.log(JSON.stringify({ operation, seconds: (Date.now() - began) / 1000, ...told }));
  }
}

export function claims(token) {
  const { appid, appidacr } = JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
  return { appid, appidacr };
}

/** The class of the error that a call must end with, and the code that stands in it. */
export async function refusal(kind, call, code) {
  let got;
  try {
    got = await call();
  } catch (error) {
    if (!(error instanceof kind)) throw error;
    return { class: error.constructor.name, code: code(error) };
  }
  return { class: null, code: JSON.stringify(got) };
}

/** The module of a package in the client's own folder. */
export async function load(name) {
  const { createRequire } = await import("node:module");
  return createRequire(`${process.env.CONFORMANCE_CLIENT}/`)(name);
}

export const env = process.env;
