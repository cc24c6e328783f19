import { hostname, userInfo } from 'node:os';

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without an entry in the system's list, as in some containers.
    return process.getuid ? `user ${process.getuid()}` : 'unknown user';
  }
}

/** Machine and user, as people of the same company know them. */
export const thisInstallation = (): string => `${userName()} on ${hostname()}`;
