// The card's own element, as docs/widget.md describes it.
import { JSXBase } from "@stencil/core/internal";

declare module "@stencil/core" {
  export namespace JSX {
    interface IntrinsicElements {
      "netigate-satisfaction": JSXBase.HTMLAttributes & {
        customer: string;
        token: string;
        src?: string;
        "onToken-expired"?: () => void;
      };
    }
  }
}
