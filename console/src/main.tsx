import "./app/entered";
import "./styles/console.css";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { APIError } from "./api/client";
import { router } from "./app/router";
import { applyTheme, chosenTheme } from "./app/theme";
import { CallKeyProvider } from "./playground/CallKey";
import { LanguageProvider } from "./texts/language";

applyTheme(chosenTheme());

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // A browser that believes itself offline would wait for ever with what is on the same machine.
      networkMode: "always",
      // What the server refused is refused again; a server that is away may come back.
      retry: (failures, error) => failures < 1 && !(error instanceof APIError && error.status >= 400),
    },
  },
});

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <LanguageProvider>
          <CallKeyProvider>
            <RouterProvider router={router} />
          </CallKeyProvider>
        </LanguageProvider>
      </QueryClientProvider>
    </StrictMode>,
  );
}
