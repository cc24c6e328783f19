import { expect, type Locator, type Page } from '@playwright/test';
import { AppPage } from './app-page.ts';

export type Service = 'Figures' | 'S3' | 'Druid' | 'PostgreSQL' | 'Keychain';

export interface S3Fields {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly folder?: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}
export interface DruidFields {
  readonly coordinator: string;
  readonly broker: string;
  readonly datasource: string;
}
export interface PostgresFields {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly schema?: string;
  readonly user: string;
  readonly password: string;
  readonly onTheWay: 'Encrypted and checked' | 'Encrypted' | 'Open';
}

/** The Connections page as a person works with it. Tests against real servers take minutes on a loaded machine. */
export class ConnectionsPage {
  readonly page: Page;
  readonly #main: Locator;

  constructor(page: Page) {
    this.page = page;
    this.#main = page.getByRole('main');
  }

  async open(service: Service): Promise<void> {
    await new AppPage(this.page).goTo('Connections');
    await this.card(service).getByRole('link').click();
    await expect(this.card(service).getByRole('link')).toHaveAttribute('aria-current', 'page');
  }

  /** What is seen of a service at a glance. */
  card(service: Service): Locator {
    return this.#main
      .getByRole('list', { name: 'Services' })
      .getByRole('listitem')
      .filter({ has: this.page.getByRole('heading', { name: service, exact: true }) });
  }

  /** Where a service stands in the status bar; there only while something is connected. */
  indicator(service: Service): Locator {
    return this.page.getByRole('contentinfo').getByRole('link', { name: new RegExp(`^${service} `) });
  }

  field(label: string): Locator {
    return this.#main.getByLabel(new RegExp(`^${label}( optional)?$`));
  }

  /** What stands below a field: what is wrong, what is unwise, what belongs into it. */
  async expectNote(label: string, text: string | RegExp): Promise<void> {
    const id = (await this.field(label).getAttribute('aria-describedby')) ?? 'none';
    await expect(this.page.locator(`[id="${id}"]`)).toContainText(text);
  }

  async fillS3(fields: S3Fields): Promise<void> {
    await this.choose('Another server');
    await this.field('Endpoint').fill(fields.endpoint);
    await this.field('Bucket').fill(fields.bucket);
    await this.field('Region').fill(fields.region);
    await this.field('Folder in the bucket').fill(fields.folder ?? '');
    await this.field('Access key ID').fill(fields.accessKeyId);
    await this.field('Secret access key').fill(fields.secretAccessKey);
  }

  async fillDruid(fields: DruidFields): Promise<void> {
    await this.field('Router or Coordinator address').fill(fields.coordinator);
    await this.field('Broker address').fill(fields.broker);
    await this.field('Datasource').fill(fields.datasource);
  }

  async fillPostgres(fields: PostgresFields): Promise<void> {
    await this.field('Server').fill(fields.host);
    await this.field('Port').fill(String(fields.port));
    await this.field('Database').fill(fields.database);
    await this.field('Schema').fill(fields.schema ?? 'mauzo');
    await this.field('User').fill(fields.user);
    await this.field('Password').fill(fields.password);
    await this.choose(fields.onTheWay);
  }

  /** One of the choices that are all in sight. */
  async choose(option: string): Promise<void> {
    await this.#main.getByRole('radio', { name: option, exact: true }).check();
  }

  button(name: 'Test' | 'Save' | 'Discard' | 'Turn off'): Locator {
    return this.#main.getByRole('button', { name, exact: true });
  }

  /** The newest test of the open service, once it has ended. */
  result(): Locator {
    return this.#main.getByRole('region', { name: 'Test result' });
  }

  /** Tests what the form says, saved or not, and waits for the end. */
  async test(): Promise<void> {
    await this.button('Test').click();
    await expect(this.result()).toBeVisible({ timeout: 300_000 });
  }

  async expectTestPasses(): Promise<void> {
    await this.test();
    await expect(this.result()).toContainText(/steps? passed|Passed with/);
  }

  async expectTestFails(title: string | RegExp): Promise<Locator> {
    await this.test();
    await expect(this.result()).toContainText('Failed at step');
    const error = this.result().getByRole('alert').filter({ hasText: title });
    await expect(error).toBeVisible();
    return error;
  }

  async save(): Promise<void> {
    await this.button('Save').click();
    await expect(this.#main.getByRole('status').filter({ hasText: 'Saved' })).toBeVisible();
  }

  async turnOff(service: 'S3' | 'Druid' | 'PostgreSQL'): Promise<void> {
    await this.open(service);
    await this.button('Turn off').click();
    const dialog = this.page.getByRole('dialog', { name: `Turn off ${service}?` });
    await dialog.getByRole('button', { name: 'Turn off', exact: true }).click();
    await expect(dialog).toBeHidden();
    await expect(this.card(service)).toContainText('Off');
  }

  async expectConnected(service: Service): Promise<void> {
    await expect(this.card(service)).toContainText('Connected', { timeout: 120_000 });
  }

  async takeFiguresFrom(engine: 'This computer' | 'Druid'): Promise<void> {
    await this.open('Figures');
    await this.#main.getByRole('radio', { name: engine }).check();
    await this.save();
  }
}
