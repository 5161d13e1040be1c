"""--fqdn-template and --fqdn-target-template on objects; the language itself is tested in unit/gotemplate."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unit.sources.builders import Object, meta, route, service, settings
from zonewright.model.reason import Reason
from zonewright.settings.fields import SOURCES
from zonewright.sources import templates
from zonewright.sources.templates import Rendered


def hostnames(*written: str, obj: Object | None = None, source: str = "service") -> Rendered:
    return templates.hostnames(obj or service(), source, settings(fqdn_template=written))


def pairs(*written: str, obj: Object | None = None) -> Any:
    return templates.pairs(obj or service(), "service", settings(fqdn_target_template=written))


@pytest.mark.parametrize(
    ("written", "names"),
    [
        pytest.param((), (), id="no template"),
        pytest.param((" ", ""), (), id="blank templates"),
        pytest.param(("{{.Name}}.example.org",), ("app.example.org",), id="one"),
        pytest.param(("{{.Name}}.b.io, {{.Name}}.a.io",), ("app.a.io", "app.b.io"), id="two in one flag, sorted"),
        pytest.param(("{{.Name}}.b.io", "{{.Namespace}}.a.io"), ("app.b.io", "default.a.io"), id="two flags"),
        pytest.param(("{{$x := .Name}}", "{{$x}}.io"), ("app.io",), id="a variable of one flag in the next"),
        pytest.param(("a.io,a.io., a.io ,",), ("a.io",), id="each once, without its dot and blanks"),
        pytest.param((",, ,.",), (), id="empty entries"),
        pytest.param(("a.io..",), ("a.io.",), id="one final dot"),
        pytest.param(("\n{{.Name}}.io\n\u00a0",), ("app.io",), id="line breaks around"),
        pytest.param(("{{if false}}a.io{{end}}",), (), id="none for this object"),
        pytest.param(("{{.Kind | toLower}}.{{.APIVersion}}.io",), ("service.v1.io",), id="kind and version, filled in"),
        pytest.param(("{{if isSource `Service`}}y.io{{end}}{{if isSource `pod`}}n.io{{end}}",), ("y.io",), id="source"),
        pytest.param(("{{.Labels.nope}}.io",), ("<no value>.io",), id="no such label"),
    ],
)
def test_names_of_a_template(written: tuple[str, ...], names: tuple[str, ...]) -> None:
    assert hostnames(*written) == Rendered(names)


def test_where_the_names_of_go_fail_those_of_json_count() -> None:
    obj = route("b.example.com", "a.example.com")
    for field in ("hostnames", "Hostnames"):
        rendered = hostnames(f"{{{{range .Spec.{field}}}}}{{{{.}}}},{{{{end}}}}", obj=obj, source="gateway-httproute")
        assert rendered == Rendered(("a.example.com", "b.example.com"))


@pytest.mark.parametrize(
    ("template", "why"),
    [
        pytest.param("{{.Spec.Nope}}.io", ".Spec.Nope: can't evaluate field Nope in type ServiceSpec", id="field"),
        pytest.param("{{.Spec.nope}}.io", ".Spec.nope: can't evaluate field nope in type ServiceSpec", id="JSON field"),
        pytest.param("{{toLower .Labels.nope}}", "invalid value; expected string", id="argument"),
        pytest.param("{{isSource `servics`}}", "error calling isSource: unknown source 'servics'", id="source"),
        pytest.param("{{range 1000000000}}{{end}}", "it takes more than 100000 steps", id="work"),
    ],
)
def test_failure_on_an_object_names_flag_object_and_place(template: str, why: str) -> None:
    rendered = hostnames(template)
    (problem,) = rendered.problems
    assert rendered.names == ()
    assert problem.reason is Reason.INVALID_TEMPLATE
    assert problem.message.startswith("--fqdn-template cannot be carried out on service/default/app: ")
    assert why in problem.message


def test_template_that_the_settings_would_refuse_is_no_crash() -> None:
    (problem,) = hostnames("{{.Name").problems
    assert problem.message.endswith("unclosed action")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param((), (), id="no template"),
        pytest.param(("a.io:192.0.2.1",), (("a.io", "192.0.2.1"),), id="an address"),
        pytest.param(("a.io:2001:db8::1",), (("a.io", "2001:db8::1"),), id="an address with colons"),
        pytest.param((" a.io : lb.example.com. ",), (("a.io", "lb.example.com"),), id="blanks and a final dot"),
        pytest.param(
            ("b.io:192.0.2.1", "a.io:192.0.2.1"), (("a.io", "192.0.2.1"), ("b.io", "192.0.2.1")), id="two flags"
        ),
        pytest.param(("a.io:{{.Spec.ExternalName}}",), (("a.io", ""),), id="a target that is not known yet"),
        pytest.param(
            ("{{range .Status.LoadBalancer.Ingress}}{{$.Name}}.io:{{.IP}},{{end}}",),
            (("app.io", "192.0.2.1"),),
            id="range",
        ),
    ],
)
def test_pairs_of_a_template(written: tuple[str, ...], expected: tuple[tuple[str, str], ...]) -> None:
    assert pairs(*written) == (expected, ())


@pytest.mark.parametrize("entry", ["a.io", "192.0.2.1", ":192.0.2.1", " :"])
def test_entry_that_is_no_pair_is_told_and_the_others_stay(entry: str) -> None:
    found, (problem,) = pairs(f"{entry},b.io:192.0.2.1")
    assert found == (("b.io", "192.0.2.1"),)
    assert problem.reason is Reason.INVALID_TEMPLATE
    assert problem.message.startswith("--fqdn-target-template makes ")


def test_pair_template_that_fails_is_told() -> None:
    found, (problem,) = pairs("{{.Nope}}:192.0.2.1")
    assert found == ()
    assert problem.message.startswith("--fqdn-target-template cannot be carried out on service/default/app: ")


@pytest.mark.parametrize("source", [source for source in SOURCES if source != "crd"])
def test_every_source_has_a_kind_for_its_templates(source: str) -> None:
    rendered = hostnames("{{.Kind}}.{{if isSource .GetName}}y{{end}}.io", obj={"metadata": meta(source)}, source=source)
    (name,) = rendered.names
    assert name.endswith(".y.io")


TEMPLATES = st.sampled_from(
    [
        "{{.Name}}.{{.Namespace}}.{{.Labels.a}}.io",
        "{{range $k, $v := .Annotations}}{{$k}}:{{$v}},{{end}}",
        "{{range .Spec.Ports}}{{.Name}}{{.Port}}{{end}}{{index .Annotations `j` | fromJson}}",
        "{{range .Spec.rules}}{{.host}},{{end}}{{.Status}}",
    ]
)
JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "labels", "annotations", "j", "ports", "rules", "host"]), inner)
    ),
    max_leaves=8,
)


@given(
    TEMPLATES,
    st.fixed_dictionaries({"metadata": JUNK, "spec": JUNK, "status": JUNK}),
    st.sampled_from(["service", "pod"]),
)
def test_no_shape_of_an_object_can_raise(template: str, obj: Object, source: str) -> None:
    rendered = templates.hostnames(obj, source, settings(fqdn_template=(template,)))
    assert all(name == name.strip() and "," not in name for name in rendered.names)
    templates.pairs(obj, source, settings(fqdn_target_template=(template,)))
