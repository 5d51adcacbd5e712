// Web component for the company card: place <lwc-limepkg-netigate-satisfaction> in the company view.
// It wraps the service's own <netigate-satisfaction>, which refreshes by itself and asks for a new token when its time is over.
import { HttpService, LimeWebComponent, LimeWebComponentContext, LimeWebComponentPlatform, PlatformServiceName } from '@limetech/lime-web-components';
import { Component, h, Prop, State } from '@stencil/core';
import { Word, WORDS } from './words';

interface CardToken {
    customer_id: string;
    token: string;
    public_url: string;
}

@Component({ tag: 'lwc-limepkg-netigate-satisfaction', shadow: true })
export class Satisfaction implements LimeWebComponent {
    @Prop()
    public platform: LimeWebComponentPlatform;

    @Prop()
    public context: LimeWebComponentContext;

    @State()
    private card?: CardToken;

    @State()
    private message?: Word;

    public componentWillLoad() {
        return this.load();
    }

    public render() {
        // The language that the page around says it is in, else the browser's.
        const tag = document.documentElement.lang || navigator.language;
        if (this.message) {
            return <p role="status">{wordsIn(tag)[this.message]}</p>;
        }

        return (
            <netigate-satisfaction
                customer={this.card.customer_id}
                token={this.card.token}
                src={this.card.public_url}
                lang={tag}
                onToken-expired={this.load}
            />
        );
    }

    private load = async () => {
        const http = this.platform.get<HttpService>(PlatformServiceName.Http);
        try {
            const card: CardToken = await http.get(`limepkg-netigate/netigate/card-token/${this.context.id}`);
            if (!card.customer_id) {
                this.message = 'no_customer';

                return;
            }

            await script(`${card.public_url}/embed.js`);
            this.card = card;
            this.message = undefined; // a failure before this one is over
        } catch {
            this.message = 'unavailable';
        }
    };
}

const wordsIn = (tag: string) => {
    const base = tag.toLowerCase().split(/[-_]/)[0];

    return WORDS[{ nb: 'no', nn: 'no' }[base] || base] || WORDS.en;
};

const loaded: { [source: string]: Promise<void> } = {};

const script = (source: string) => {
    loaded[source] =
        loaded[source] ||
        new Promise<void>((resolve, reject) => {
            const element = Object.assign(document.createElement('script'), { src: source });
            element.onload = () => resolve();
            element.onerror = () => {
                delete loaded[source]; // or no later try could succeed

                reject(new Error('embed.js'));
            };
            document.head.append(element);
        });

    return loaded[source];
};
