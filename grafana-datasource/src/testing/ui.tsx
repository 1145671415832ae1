import { screen, waitFor } from '@testing-library/react';
import { UserEvent } from '@testing-library/user-event';

/** Chooses an entry of a Combobox, or types one in that the list lacks. */
export async function choose(user: UserEvent, combobox: HTMLElement, text: string) {
  await user.click(combobox);
  await user.clear(combobox);
  await user.paste(text);
  const option = await waitFor(() => {
    const options = screen.getAllByRole('option');
    const fitting = options.find((candidate) => candidate.textContent?.startsWith(text));
    expect(fitting).toBeDefined();
    return fitting!;
  });
  await user.click(option);
}

/** Presses a button, once it can be pressed. */
export async function press(user: UserEvent, name: string) {
  const button = screen.getByRole('button', { name });
  await waitFor(() => expect(button).toBeEnabled());
  await user.click(button);
}
