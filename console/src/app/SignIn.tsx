import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call, serverURL } from "../api/client";
import type { SignInMethods } from "../api/resources";
import { ErrorNote } from "../elements/ErrorNote";
import { Field } from "../elements/Field";
import { useCallKey } from "../playground/CallKey";
import { useTexts } from "../texts/language";
import { leaveForSignIn, type Proof, sessionQuery, signIn } from "./session";

/** SignIn stands in place of the page that was asked for; after it, that page is shown. */
export function SignIn({ expired }: { expired: boolean }) {
  const t = useTexts();
  const client = useQueryClient();
  const { setAPIKey } = useCallKey();
  const [withPassword, setWithPassword] = useState(false);
  const entry = useMutation({
    mutationFn: (proof: Proof) => signIn(proof),
    onSuccess: (_, proof) => {
      if ("api_key" in proof) {
        setAPIKey(proof.api_key);
      }
      return client.invalidateQueries({ queryKey: sessionQuery.queryKey });
    },
  });
  const methods = useQuery({
    queryKey: ["sign-in-methods"],
    queryFn: ({ signal }) => call<SignInMethods>("v1/auth/methods", { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <main className="signin">
      <form
        onSubmit={(e) => {
          e.preventDefault();
          const form = new FormData(e.currentTarget);
          const value = (name: string) => String(form.get(name) ?? "").trim();
          entry.mutate(
            withPassword
              ? { member: value("member"), password: String(form.get("password")) }
              : { api_key: value("key") },
          );
        }}
      >
        <h1>{t("signin.title")}</h1>
        {expired && <p className="note">{t("signin.expired")}</p>}
        {withPassword ? (
          <>
            <Field key="member" label={t("signin.member")} name="member" autoComplete="username" required />
            <Field
              key="password"
              label={t("signin.password")}
              name="password"
              type="password"
              autoComplete="current-password"
              required
            />
          </>
        ) : (
          <Field
            key="key"
            label={t("signin.key")}
            hint={t("signin.keyHint")}
            name="key"
            type="password"
            autoComplete="off"
            required
          />
        )}
        {entry.error && <ErrorNote error={entry.error} />}
        <div className="actions">
          <button type="submit" className="button primary" disabled={entry.isPending}>
            {t("signin.submit")}
          </button>
          <button type="button" className="button" onClick={() => setWithPassword(!withPassword)}>
            {withPassword ? t("signin.withKey") : t("signin.withPassword")}
          </button>
          {methods.data?.oidc && (
            <button type="button" className="button" onClick={() => leaveForSignIn(serverURL)}>
              {t("signin.oidc")}
            </button>
          )}
        </div>
      </form>
    </main>
  );
}
