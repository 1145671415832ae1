import { TsdbSecrets } from '../../types';
import type { Settings } from './ConfigEditor';

type SecretKey = keyof TsdbSecrets & string;

/** The settings with a secret that is to be saved. */
export function withSecret(settings: Settings, key: SecretKey, value: string): Settings {
  return { ...settings, secureJsonData: { ...settings.secureJsonData, [key]: value } };
}

/** The settings without a secret: it is forgotten when they are saved. */
export function withoutSecret(settings: Settings, key: SecretKey): Settings {
  return {
    ...settings,
    secureJsonFields: { ...settings.secureJsonFields, [key]: false },
    secureJsonData: { ...settings.secureJsonData, [key]: '' },
  };
}
