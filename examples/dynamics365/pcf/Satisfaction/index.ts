// The card as a code component on the account form: asks the Custom API (plugin/) for a token and shows the card in a frame.
import { IInputs, IOutputs } from "./generated/ManifestTypes";

const CUSTOM_API = "/api/data/v9.2/new_NetigateCardToken";
// By the language part of a Windows locale: Austrian German (3079) is German (7) as well.
const LANGUAGES: Record<number, string> = { 6: "da", 7: "de", 9: "en", 10: "es", 11: "fi", 12: "fr", 19: "nl", 20: "no", 29: "sv" };
const RENEW_EARLY = 60; // seconds before the token's end
const RETRY = 30; // seconds after a failure
const SOON = 5000; // milliseconds; a card that ends sooner would be asked for without end

interface CardToken {
  CustomerId: string;
  Token: string;
  ExpiresIn: number;
}

// Model-driven apps say which record the form shows; the published types do not know it.
interface WithRecord {
  contextInfo?: { entityId?: string };
}

export class Satisfaction implements ComponentFramework.StandardControl<IInputs, IOutputs> {
  private context: ComponentFramework.Context<IInputs>;
  private readonly message = document.createElement("p");
  private readonly frame = document.createElement("iframe");
  private account: string | null = null;
  private timer = 0;
  private asked = 0;

  public init(context: ComponentFramework.Context<IInputs>, _changed: () => void, _state: ComponentFramework.Dictionary, container: HTMLDivElement): void {
    this.message.setAttribute("role", "status");
    this.frame.title = context.resources.getString("title");
    this.frame.referrerPolicy = "no-referrer";
    this.frame.hidden = true;
    container.append(this.message, this.frame);
    window.addEventListener("message", this.hear);
    this.updateView(context);
  }

  public updateView(context: ComponentFramework.Context<IInputs>): void {
    this.context = context;
    const account = ((context.mode as WithRecord).contextInfo?.entityId ?? "").replace(/[{}]/g, "").toLowerCase();
    if (account === this.account) return; // the form redraws its components often
    this.account = account;
    if (account) void this.start();
    else this.say("save_first");
  }

  public getOutputs(): IOutputs {
    return {};
  }

  public destroy(): void {
    window.clearTimeout(this.timer);
    window.removeEventListener("message", this.hear);
    this.account = null;
  }

  private start = async (): Promise<void> => {
    const account = this.account;
    try {
      const card = await this.token();
      if (account !== this.account) return; // another record came meanwhile
      if (!card.CustomerId) return this.say("no_customer");
      this.show(card);
      this.later(Math.max(card.ExpiresIn - RENEW_EARLY, RENEW_EARLY));
    } catch {
      if (account !== this.account) return;
      this.say("unavailable");
      this.later(RETRY);
    }
  };

  private async token(): Promise<CardToken> {
    const answer = await fetch(CUSTOM_API, {
      method: "POST",
      headers: { Accept: "application/json", "Content-Type": "application/json", "OData-Version": "4.0" },
      credentials: "same-origin",
      body: JSON.stringify({ AccountId: this.account }),
    });
    if (!answer.ok) throw new Error(String(answer.status));
    return (await answer.json()) as CardToken;
  }

  private show({ CustomerId, Token }: CardToken): void {
    const language = LANGUAGES[this.context.userSettings.languageId & 0x3ff] ?? "en";
    const base = (this.context.parameters.publicUrl.raw ?? "").replace(/\/+$/, "");
    const query = new URLSearchParams({ token: Token, lang: language });
    this.asked = Date.now();
    this.frame.src = `${base}/widget/customers/${encodeURIComponent(CustomerId)}?${query.toString()}`;
    this.say("");
  }

  private say(key: string): void {
    this.message.textContent = key && this.context.resources.getString(key);
    this.message.hidden = !key;
    this.frame.hidden = Boolean(key);
  }

  private later(seconds: number): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.start(), seconds * 1000);
  }

  // Only the card's own frame is heard: as high as it says, and renewed when its token ended while the machine slept.
  private hear = ({ source, data }: MessageEvent): void => {
    if (source !== this.frame.contentWindow || data?.source !== "netigate-satisfaction") return;
    if (data.event === "size" && data.height > 0) this.frame.style.height = `${Number(data.height)}px`;
    if (data.event === "token-expired" && Date.now() - this.asked > SOON) void this.start();
  };
}
