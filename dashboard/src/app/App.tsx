// Everything that pages stand on: language, look, questions, addresses.
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import { theme, variablesResolver } from "@/design/theme";
import { LanguageProvider } from "@/i18n/LanguageProvider";
import { createQueries } from "./queries";
import { createAppRouter } from "./router";

/** `nonce` is what the security policy lets style elements through with. */
export function App({ nonce }: { nonce: string | undefined }): ReactNode {
  const [queries] = useState(createQueries);
  const [router] = useState(createAppRouter);
  return (
    <LanguageProvider>
      <MantineProvider theme={theme} cssVariablesResolver={variablesResolver} defaultColorScheme="dark" getStyleNonce={() => nonce ?? ""} withGlobalClasses={false}>
        <QueryClientProvider client={queries}><RouterProvider router={router} /></QueryClientProvider>
      </MantineProvider>
    </LanguageProvider>
  );
}
