"""Services, Ingresses and Nodes in Go (k8s.io/api, core/v1 and networking/v1)."""

from __future__ import annotations

from collections.abc import Mapping

META: Mapping[str, str] = {
    "TypeMeta": "Kind, APIVersion",
    # The last four are methods, which promise the same.
    "ObjectMeta": "Name, GenerateName, Namespace, SelfLink, UID, ResourceVersion, Generation int,"
    " CreationTimestamp Time, DeletionTimestamp *Time, DeletionGracePeriodSeconds *int, Labels map, Annotations map,"
    " OwnerReferences []OwnerReference, Finalizers []string, ManagedFields []open,"
    " GetName=name, GetNamespace=namespace, GetLabels=labels map, GetAnnotations=annotations map",
    "OwnerReference": "APIVersion, Kind, Name, UID, Controller *bool, BlockOwnerDeletion *bool",
    "Condition": "Type, Status, ObservedGeneration int, LastTransitionTime Time, Reason, Message",
}

SERVICE: Mapping[str, str] = {
    "Service": "+TypeMeta, +ObjectMeta=metadata, Spec ServiceSpec, Status ServiceStatus",
    "ServiceSpec": "Ports []ServicePort, Selector map, ClusterIP, ClusterIPs []string, Type, ExternalIPs []string,"
    " SessionAffinity, LoadBalancerIP, LoadBalancerSourceRanges []string, ExternalName, ExternalTrafficPolicy,"
    " HealthCheckNodePort int, PublishNotReadyAddresses bool, SessionAffinityConfig *SessionAffinityConfig,"
    " IPFamilies []string, IPFamilyPolicy *string, AllocateLoadBalancerNodePorts *bool, LoadBalancerClass *string,"
    " InternalTrafficPolicy *string, TrafficDistribution *string",
    "ServicePort": "Name, Protocol, AppProtocol *string, Port int, TargetPort IntOrString, NodePort int",
    "SessionAffinityConfig": "ClientIP *ClientIPConfig",
    "ClientIPConfig": "TimeoutSeconds *int",
    "ServiceStatus": "LoadBalancer LoadBalancerStatus, Conditions []Condition",
    "LoadBalancerStatus": "Ingress []LoadBalancerIngress",
    "LoadBalancerIngress": "IP, Hostname, IPMode *string, Ports []PortStatus",
    "PortStatus": "Port int, Protocol, Error *string",
}

INGRESS: Mapping[str, str] = {
    "Ingress": "+TypeMeta, +ObjectMeta=metadata, Spec IngressSpec, Status IngressStatus",
    "IngressSpec": "IngressClassName *string, DefaultBackend *IngressBackend, TLS []IngressTLS, Rules []IngressRule",
    "IngressBackend": "Service *IngressServiceBackend, Resource *TypedLocalObjectReference",
    "IngressServiceBackend": "Name, Port ServiceBackendPort",
    "ServiceBackendPort": "Name, Number int",
    "TypedLocalObjectReference": "APIGroup *string, Kind, Name",
    "IngressTLS": "Hosts []string, SecretName",
    "IngressRule": "Host, +IngressRuleValue",
    "IngressRuleValue": "HTTP *HTTPIngressRuleValue",
    "HTTPIngressRuleValue": "Paths []HTTPIngressPath",
    "HTTPIngressPath": "Path, PathType *string, Backend IngressBackend",
    "IngressStatus": "LoadBalancer IngressLoadBalancerStatus",
    "IngressLoadBalancerStatus": "Ingress []IngressLoadBalancerIngress",
    "IngressLoadBalancerIngress": "IP, Hostname, Ports []PortStatus",
}

NODE: Mapping[str, str] = {
    "Node": "+TypeMeta, +ObjectMeta=metadata, Spec NodeSpec, Status NodeStatus",
    "NodeSpec": "PodCIDR, PodCIDRs []string, ProviderID, Unschedulable bool, Taints []Taint, ConfigSource *open,"
    " DoNotUseExternalID=externalID",
    "Taint": "Key, Value, Effect, TimeAdded *Time",
    "NodeStatus": "Capacity map:Quantity, Allocatable map:Quantity, Phase, Conditions []NodeCondition,"
    " Addresses []NodeAddress, DaemonEndpoints NodeDaemonEndpoints, NodeInfo NodeSystemInfo, Images []ContainerImage,"
    " VolumesInUse []string, VolumesAttached []AttachedVolume, Config *open, RuntimeHandlers []open, Features *open,"
    " DeclaredFeatures []string",
    "NodeCondition": "Type, Status, LastHeartbeatTime Time, LastTransitionTime Time, Reason, Message",
    "NodeAddress": "Type, Address",
    "NodeDaemonEndpoints": "KubeletEndpoint DaemonEndpoint",
    "DaemonEndpoint": "Port=Port int",
    "NodeSystemInfo": "MachineID, SystemUUID, BootID, KernelVersion, OSImage, ContainerRuntimeVersion, KubeletVersion,"
    " KubeProxyVersion, OperatingSystem, Architecture, Swap *NodeSwapStatus",
    "NodeSwapStatus": "Capacity *int",
    "ContainerImage": "Names []string, SizeBytes int",
    "AttachedVolume": "Name, DevicePath",
}
