"""Acting by page: a view carries out one action, and the next page says what happened."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from fourfold.errors import FourfoldError, NotFoundError
from fourfold.node.models import Peer
from fourfold.node.roles import Act
from fourfold.node.security import needs
from fourfold.node.web.views.told import tell

Button = Callable[..., HttpResponse]


def button(act: Act) -> Callable[[Button], Button]:
    """A button for those who may do this; a refusal is told in the refusing rule's own words."""

    def made(view: Button) -> Button:
        @needs(act)
        @require_POST
        @wraps(view)
        def pressed(request: HttpRequest, **which: str) -> HttpResponse:
            try:
                return view(request, **which)
            except NotFoundError as error:
                raise Http404 from error
            except FourfoldError as error:
                tell(request, "error", str(error))
                return back(request)

        pressed.is_button = True
        return pressed

    return made


def is_button(request: HttpRequest) -> bool:
    """Whether what is asked for is no page, but only pressed on one."""
    return getattr(request.resolver_match.func, "is_button", False)


def way_back(request: HttpRequest) -> str:
    """The page that a form or a button stood on; the matrix, where that is not known to be ours."""
    if not is_button(request):
        return request.get_full_path()
    given = request.POST.get("back", "")
    ours = given.startswith("/") and not given.startswith("//") and "\\" not in given
    return given if ours else "/"


def back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page that the button stood on."""
    return HttpResponseRedirect(way_back(request))


def peer_of(institution: str) -> Peer:
    """The counterpart of that id.

    Raises:
        Http404: there is none.
    """
    found = Peer.objects.filter(pk=institution).first() if "\x00" not in institution else None
    if found is None:
        raise Http404
    return found
