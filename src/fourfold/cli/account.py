"""`fourfold account`: who may use a node's pages and API, and as what."""

from typing import Annotated

import typer

from fourfold.cli.node_session import ActorOption, HomeOption, acting, open_node, table, tell
from fourfold.cli.output import Format, FormatOption, Page, read_input
from fourfold.cli.part import part

app = part()

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The name to sign in with.")]
RoleOption = Annotated[
    list[str] | None,
    typer.Option("--role", help="reader, analyst, liaison, officer or operator; may be repeated."),
]


@app.callback()
def account() -> None:
    """Say who may use the node's pages and API, and as what.

    \b
        reader    reads
        analyst   keeps records, releases them, proposes and drafts together, collects
        liaison   assesses, proposes and drafts together with a counterpart, collects
        officer   releases, approves as a second person, withdraws, holds
        operator  sees that it runs; sees nothing of what it holds
    """  # noqa: D301  a backspace is the sign that keeps lines as they are


@app.command()
def add(
    name: NameArgument,
    home: HomeOption = None,
    role: RoleOption = None,
    password_file: Annotated[
        str | None, typer.Option("--password-file", help="A file with the password; else it is asked for.")
    ] = None,
    actor: ActorOption = None,
) -> None:
    """Add an account. Without a role it can sign in, and see nothing.

    Example: fourfold account add ada --role analyst --home ~/aisi
    """
    open_node(home)
    from fourfold.node.actions.add_account import add_account

    roles = _roles(role)
    if password_file is None:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = read_input(password_file).decode(errors="replace").rstrip("\r\n")
    add_account(name, password, roles, acting(actor))
    Page().line(f"{name} can sign in, as {', '.join(roles) or 'nobody in particular'}.")


@app.command()
def roles(
    name: NameArgument, home: HomeOption = None, role: RoleOption = None, actor: ActorOption = None
) -> None:
    """Give an account just these roles, instead of those that it has.

    Example: fourfold account roles ada --role analyst --role liaison
    """
    open_node(home)
    from fourfold.node.actions.set_roles import set_roles

    wanted = _roles(role)
    set_roles(name, wanted, acting(actor))
    Page().line(f"{name}: {', '.join(wanted) or 'no role'}.")


@app.command("list")
def list_(home: HomeOption = None, output: FormatOption = Format.TEXT) -> None:
    """List the accounts: their roles, second factors, sessions, tokens, and which are locked for a while.

    Events name an account by its number.

    Example: fourfold account list --format json
    """
    open_node(home)
    from fourfold.node.queries.accounts import listed

    shown = (
        "number",
        "name",
        "roles",
        "second_factors",
        "subject",
        "sessions",
        "locked_until",
        "last_sign_in",
        "tokens",
    )
    table(output, listed(), shown, "There is none yet.")


@app.command()
def reset(name: NameArgument, home: HomeOption = None, actor: ActorOption = None) -> None:
    """Take the second factors from an account whose owner lost them, and end its sessions.

    Be sure who asks: from then on the password alone opens the account, until its owner sets up a new factor.

    Example: fourfold account reset ada
    """
    open_node(home)
    from fourfold.node.actions.reset_factors import reset_factors

    taken = reset_factors(name, acting(actor))
    Page().line(f"{name}: {', '.join(taken)} removed." if taken else f"{name} has no second factor.")


@app.command()
def link(
    name: NameArgument,
    subject: Annotated[str, typer.Option("--subject", help="Who it is at the provider: the claim `sub`.")],
    home: HomeOption = None,
    actor: ActorOption = None,
) -> None:
    """Let a person sign in to an account by the institution's own provider (oidc_issuer in node.toml).

    Whoever is linked to no account is refused, and shown their subject to tell you.

    Example: fourfold account link ada --subject 6a1f0c2e-77aa-4e0e-9d1b-0f6f1c9f0a55
    """
    open_node(home)
    from fourfold.node.actions.link_subject import link_subject

    link_subject(name, subject, acting(actor))
    Page().line(f"{name} can be entered by that subject of your provider.")


@app.command()
def unlink(name: NameArgument, home: HomeOption = None, actor: ActorOption = None) -> None:
    """Let nobody sign in to an account by the institution's provider any more. Its sessions stay.

    Example: fourfold account unlink ada
    """
    open_node(home)
    from fourfold.node.actions.link_subject import unlink_subject

    gone = unlink_subject(name, acting(actor))
    Page().line(f"{name} is linked to nobody now." if gone else f"{name} was linked to nobody.")


@app.command("sign-out")
def sign_out(name: NameArgument, home: HomeOption = None, actor: ActorOption = None) -> None:
    """End every session of an account at once. Its tokens stay; revoke them by `account revoke`.

    Example: fourfold account sign-out ada
    """
    open_node(home)
    from fourfold.node.actions.end_sessions import end_sessions

    ended = end_sessions(name, acting(actor))
    Page().line(f"{name}: {ended} ended." if ended else f"{name} is signed in nowhere.")


@app.command()
def unlock(name: NameArgument, home: HomeOption = None, actor: ActorOption = None) -> None:
    """Let an account be tried again at once that is locked for a while by too many failed tries.

    Example: fourfold account unlock ada
    """
    open_node(home)
    from fourfold.node.actions.unlock_account import unlock_account

    locked = unlock_account(name, acting(actor))
    Page().line(f"{name} can sign in again." if locked else f"{name} was not locked.")


@app.command()
def token(
    name: NameArgument,
    label: Annotated[str, typer.Option("--for", help="What it is for, so that you know it again.")],
    home: HomeOption = None,
    days: Annotated[int, typer.Option("--days", help="How long it lasts, at most 366.")] = 90,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Issue a token with which a program acts for an account. It is shown this once.

    Example: fourfold account token ada --for "nightly report" --days 30
    """
    open_node(home)
    from fourfold.node.actions.issue_token import issue_token

    made = issue_token(name, label, days, acting(actor))
    tell(output, {"token": made}, [made])


@app.command()
def revoke(
    number: Annotated[int, typer.Argument(metavar="TOKEN", help="Its number, as `account list` shows it.")],
    home: HomeOption = None,
    actor: ActorOption = None,
) -> None:
    """Revoke a token at once.

    Example: fourfold account revoke 3
    """
    open_node(home)
    from fourfold.node.actions.issue_token import revoke_token

    row = revoke_token(number, acting(actor))
    Page().line(f"Token {row.pk} counts no more.")


def _roles(given: list[str] | None) -> list[str]:
    """The roles that were named.

    Raises:
        InputError: one is none.
    """
    from fourfold.canon import remedy_for
    from fourfold.errors import Fault, InputError
    from fourfold.node.roles import Role

    known = [role.value for role in Role]
    faults = [
        Fault(f"{name!r} is no role.", field="--role", remedy=remedy_for(name, known))
        for name in given or ()
        if name not in known
    ]
    if faults:
        raise InputError(faults)
    return sorted({Role(name) for name in given or ()})
