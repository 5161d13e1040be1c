"""Routes in Go (sigs.k8s.io/gateway-api, apis/v1). Of filters and matches only what is usual."""

from __future__ import annotations

from collections.abc import Mapping

_OBJECT = "+TypeMeta, +ObjectMeta=metadata"

ROUTES: Mapping[str, str] = {
    "HTTPRoute": f"{_OBJECT}, Spec HTTPRouteSpec, Status RoutesStatus",
    "GRPCRoute": f"{_OBJECT}, Spec GRPCRouteSpec, Status RoutesStatus",
    "TLSRoute": f"{_OBJECT}, Spec TLSRouteSpec, Status RoutesStatus",
    "TCPRoute": f"{_OBJECT}, Spec TCPRouteSpec, Status RoutesStatus",
    "UDPRoute": f"{_OBJECT}, Spec UDPRouteSpec, Status RoutesStatus",
    "HTTPRouteSpec": "+CommonRouteSpec, Hostnames []string, Rules []HTTPRouteRule",
    "GRPCRouteSpec": "+CommonRouteSpec, Hostnames []string, Rules []GRPCRouteRule",
    "TLSRouteSpec": "+CommonRouteSpec, Hostnames []string, Rules []PlainRouteRule",
    "TCPRouteSpec": "+CommonRouteSpec, Rules []PlainRouteRule",
    "UDPRouteSpec": "+CommonRouteSpec, Rules []PlainRouteRule",
    "CommonRouteSpec": "ParentRefs []ParentReference, UseDefaultGateways",
    "ParentReference": "Group *string, Kind *string, Namespace *string, Name, SectionName *string, Port *int",
    "HTTPRouteRule": "Name *string, Matches []HTTPRouteMatch, Filters []open, BackendRefs []FilteredBackendRef,"
    " Timeouts *HTTPRouteTimeouts, Retry *open, SessionPersistence *open",
    "HTTPRouteMatch": "Path *HTTPPathMatch, Headers []HeaderMatch, QueryParams []HeaderMatch, Method *string",
    "HTTPPathMatch": "Type *string, Value *string",
    "HeaderMatch": "Type *string, Name, Value",
    "HTTPRouteTimeouts": "Request *string, BackendRequest *string",
    "GRPCRouteRule": "Name *string, Matches []GRPCRouteMatch, Filters []open, BackendRefs []FilteredBackendRef,"
    " SessionPersistence *open",
    "GRPCRouteMatch": "Method *GRPCMethodMatch, Headers []HeaderMatch",
    "GRPCMethodMatch": "Type *string, Service *string, Method *string",
    "PlainRouteRule": "Name *string, BackendRefs []BackendRef",
    "FilteredBackendRef": "+BackendRef, Filters []open",
    "BackendRef": "+BackendObjectReference, Weight *int",
    "BackendObjectReference": "Group *string, Kind *string, Name, Namespace *string, Port *int",
    "RoutesStatus": "+RouteStatus",
    "RouteStatus": "Parents []RouteParentStatus",
    "RouteParentStatus": "ParentRef ParentReference, ControllerName, Conditions []Condition",
}
