// What satisfaction.tsx uses of @limetech/lime-web-components, whose own types are not on npm (2.1.0 there has no code).
declare module "@limetech/lime-web-components" {
  export interface LimeWebComponentContext {
    limetype?: string;
    id?: string | number;
  }
  export interface LimeWebComponentPlatform {
    get<T>(name: string): T;
  }
  export interface LimeWebComponent {
    platform: LimeWebComponentPlatform;
    context: LimeWebComponentContext;
  }
  export interface HttpService {
    get<T>(url: string): Promise<T>;
  }
  export const PlatformServiceName: { readonly Http: string };
}
