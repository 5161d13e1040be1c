"""Pods in Go (k8s.io/api, core/v1). Of volumes, probes and the like only that they are there."""

from __future__ import annotations

from collections.abc import Mapping

POD: Mapping[str, str] = {
    "Pod": "+TypeMeta, +ObjectMeta=metadata, Spec PodSpec, Status PodStatus",
    "PodSpec": "Volumes []open, InitContainers []Container, Containers []Container, EphemeralContainers []open,"
    " RestartPolicy, TerminationGracePeriodSeconds *int, ActiveDeadlineSeconds *int, DNSPolicy, NodeSelector map,"
    " ServiceAccountName, DeprecatedServiceAccount=serviceAccount, AutomountServiceAccountToken *bool, NodeName,"
    " HostNetwork bool, HostPID bool, HostIPC bool, ShareProcessNamespace *bool, SecurityContext *open,"
    " ImagePullSecrets []LocalObjectReference, Hostname, Subdomain, Affinity *open, SchedulerName,"
    " Tolerations []Toleration, HostAliases []HostAlias, PriorityClassName, Priority *int, DNSConfig *PodDNSConfig,"
    " ReadinessGates []PodReadinessGate, RuntimeClassName *string, EnableServiceLinks *bool, PreemptionPolicy *string,"
    " Overhead map:Quantity, TopologySpreadConstraints []open, SetHostnameAsFQDN *bool, OS *PodOS, HostUsers *bool,"
    " SchedulingGates []PodSchedulingGate, ResourceClaims []open, Resources *ResourceRequirements,"
    " HostnameOverride *string, SchedulingGroup *open",
    "Container": "Name, Image, Command []string, Args []string, WorkingDir, Ports []ContainerPort, EnvFrom []open,"
    " Env []EnvVar, Resources ResourceRequirements, ResizePolicy []open, RestartPolicy *string,"
    " RestartPolicyRules []open, VolumeMounts []VolumeMount, VolumeDevices []open, LivenessProbe *open,"
    " ReadinessProbe *open, StartupProbe *open, Lifecycle *open, TerminationMessagePath, TerminationMessagePolicy,"
    " ImagePullPolicy, SecurityContext *open, Stdin bool, StdinOnce bool, TTY bool",
    "ContainerPort": "Name, HostPort int, ContainerPort int, Protocol, HostIP",
    "EnvVar": "Name, Value, ValueFrom *open",
    "VolumeMount": "Name, ReadOnly bool, RecursiveReadOnly *string, MountPath, SubPath, MountPropagation *string,"
    " SubPathExpr",
    "ResourceRequirements": "Limits map:Quantity, Requests map:Quantity, Claims []ResourceClaim",
    "ResourceClaim": "Name, Request",
    "LocalObjectReference": "Name",
    "Toleration": "Key, Operator, Value, Effect, TolerationSeconds *int",
    "HostAlias": "IP, Hostnames []string",
    "PodDNSConfig": "Nameservers []string, Searches []string, Options []PodDNSConfigOption",
    "PodDNSConfigOption": "Name, Value *string",
    "PodReadinessGate": "ConditionType",
    "PodOS": "Name",
    "PodSchedulingGate": "Name",
    "PodStatus": "ObservedGeneration int, Phase, Conditions []PodCondition, Message, Reason, NominatedNodeName, HostIP,"
    " HostIPs []HostIP, PodIP, PodIPs []PodIP, StartTime *Time, InitContainerStatuses []ContainerStatus,"
    " ContainerStatuses []ContainerStatus, QOSClass, EphemeralContainerStatuses []ContainerStatus, Resize,"
    " ResourceClaimStatuses []open, ExtendedResourceClaimStatus *open, AllocatedResources map:Quantity,"
    " Resources *ResourceRequirements, NodeAllocatableResourceClaimStatuses []open",
    "PodCondition": "Type, ObservedGeneration int, Status, LastProbeTime Time, LastTransitionTime Time, Reason,"
    " Message",
    "HostIP": "IP",
    "PodIP": "IP",
    "ContainerStatus": "Name, State ContainerState, LastTerminationState=lastState ContainerState, Ready bool,"
    " RestartCount int, Image, ImageID, ContainerID, Started *bool, AllocatedResources map:Quantity,"
    " Resources *ResourceRequirements, VolumeMounts []open, User *open, AllocatedResourcesStatus []open,"
    " StopSignal *string",
    "ContainerState": "Waiting *ContainerStateWaiting, Running *ContainerStateRunning,"
    " Terminated *ContainerStateTerminated",
    "ContainerStateWaiting": "Reason, Message",
    "ContainerStateRunning": "StartedAt Time",
    "ContainerStateTerminated": "ExitCode int, Signal int, Reason, Message, StartedAt Time, FinishedAt Time,"
    " ContainerID",
}
