using Xunit;

namespace Tars.Application.Tests.Settings;

public class BindingRefusalTests
{
    private const string Service = "services: [{name: checkout, preset: [prometheus-http, process]}]\n";

    [Theory]
    [InlineData("{service: chekout, indicator: availability, target: 99%}", "2:25: objectives[0].service: there is no service chekout; did you mean checkout?")]
    [InlineData("{service: checkout, indicator: availabilty, target: 99%}", "2:46: objectives[0].indicator: there is no indicator of checkout named availabilty; did you mean availability?")]
    [InlineData("{service: checkout, indicator: availability, target: 100%}", "2:68: objectives[0].target: 100% leaves no error budget; write a share below 100%, such as 99.99%")]
    [InlineData("{service: checkout, indicator: availability, target: 0}", "2:68: objectives[0].target: 0 promises nothing; write a share above 0")]
    [InlineData("{service: checkout, indicator: availability, target: 99%, threshold: 5s}", "2:84: objectives[0].threshold: does not belong to an objective of a ratio; leave it out")]
    [InlineData("{service: checkout, indicator: latency, target: 99%}", "2:15: objectives[0]: has no threshold, and latency is a histogram; write threshold: 500ms")]
    [InlineData("{service: checkout, indicator: latency, target: 99%, threshold: 80%}", "2:79: objectives[0].threshold: 80% is not a duration above 0; write for example 500ms")]
    [InlineData("{service: checkout, indicator: latency, target: 99%, threshold: 1s, quantile: 1}", "2:93: objectives[0].quantile: 1 is not a quantile above 0 and below 1; write for example 0.99")]
    [InlineData("{service: checkout, indicator: memory, target: 99%, threshold: 2048}", "2:78: objectives[0].threshold: 2048 does not fit memory; write a size, such as 2GiB")]
    [InlineData("{service: checkout, indicator: saturation, target: 99%, threshold: 80}", "2:82: objectives[0].threshold: 80 does not fit saturation; write a share, such as 80%")]
    [InlineData("{service: checkout, indicator: cpu, target: 99%, threshold: 3, quantile: 0.9}", "2:88: objectives[0].quantile: does not belong to an objective of a rate; leave it out")]
    public void Load_BadObjective_IsRefused(string objective, string refusal) =>
        Assert.Equal(["tars.yaml:" + refusal], SettingsFile.Refusals(Service + "objectives: [ " + objective + " ]\n"));

    [Fact]
    public void Load_SameObjectiveTwice_IsRefused() => Assert.Equal(
        ["tars.yaml:4:5: objectives[1]: checkout/availability is promised by an earlier objective; keep one"],
        SettingsFile.Refusals(Service + """
            objectives:
              - {service: checkout, indicator: availability, target: 99%}
              - {service: checkout, indicator: availability, target: 99.9%}
            """));

    [Theory]
    [InlineData("{}", "1:40: services[0].indicators.x: says nothing of what it is; write one of ratio, histogram, rate, gauge")]
    [InlineData("{gauge: a, rate: b}", "1:40: services[0].indicators.x: is rate and gauge; keep one")]
    [InlineData("{gauge: sum(a)}", "1:48: services[0].indicators.x.gauge: is not a PromQL selector: ")]
    [InlineData("{gauge: 'a{b='}", "1:48: services[0].indicators.x.gauge: is not a PromQL selector: ")]
    [InlineData("{gauge: a, quantiles: [0.5]}", "1:62: services[0].indicators.x.quantiles: does not belong to a gauge; leave it out")]
    [InlineData("{gauge: a, counts: free}", "1:59: services[0].indicators.x.counts: says what a share counts; write capacity as well")]
    [InlineData("{histogram: a_bucket}", "1:52: services[0].indicators.x.histogram: a_bucket names the buckets; write a")]
    [InlineData("{histogram: a, quantiles: [0.5, 1]}", "1:66: services[0].indicators.x.quantiles: holds no quantile above 0 and below 1, or one outside")]
    [InlineData("{histogram: a, quantiles: []}", "1:66: services[0].indicators.x.quantiles: holds no quantile above 0 and below 1, or one outside")]
    [InlineData("{ratio: {good: a}}", "1:48: services[0].indicators.x.ratio: is not a ratio; write total and one of good, bad, used")]
    [InlineData("{ratio: {good: a, bad: b, total: c}}", "1:48: services[0].indicators.x.ratio: is not a ratio; write total and one of good, bad, used")]
    [InlineData("{ratio: {good: a, total: 'b{'}}", "1:65: services[0].indicators.x.ratio.total: is not a PromQL selector: ")]
    public void Load_BadIndicator_IsRefused(string indicator, string refusal) => Assert.StartsWith(
        "tars.yaml:" + refusal,
        Assert.Single(SettingsFile.Refusals($"services: [{{name: a, indicators: {{  x: {indicator} }} }}]\n")),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("services: [{name: a}]", "1:12: services[0]: a has no indicator; write a preset or indicators")]
    [InlineData("services: [{name: a, preset: process}, {name: a, preset: grpc}]", "1:47: services[1].name: a is the name of an earlier service; write another")]
    [InlineData("services: [{name: a, preset: process}]\ninfrastructure: [{name: a, preset: redis}]", "2:25: infrastructure[0].name: a is the name of an earlier service; write another")]
    [InlineData("services: [{name: a, preset: process, depends_on: [b]}]", "1:52: services[0].depends_on[0]: there is no service b; known: a")]
    [InlineData("services: [{name: a, preset: process, depends_on: [a]}]", "1:51: services[0].depends_on: a depends on itself; leave it out")]
    [InlineData("services: [{name: a, preset: proces}]", "1:30: services[0].preset: proces is not one of aspnetcore, ")]
    [InlineData("services: [{name: a, preset: process, backend: eu}]", "1:48: services[0].backend: there is no backend eu; known: default")]
    [InlineData("observability: {backend: eu}", "1:26: observability.backend: there is no backend eu; known: default")]
    [InlineData("observability: {backends: {default: {prometheus_url: http://x}}}", "1:37: observability.backends.default: default is the name of observability.prometheus_url; write another")]
    [InlineData("observability: {backends: {eu: {}}}", "1:32: observability.backends.eu.prometheus_url: is missing; write an http or https address")]
    [InlineData("observability: {tls: {key_file: k}}", "1:33: observability.tls.key_file: is given without cert_file; write the certificate as well")]
    [InlineData("observability: {auth: {username: u}}", "1:23: observability.auth: has a username without password; write password_file")]
    [InlineData("observability: {auth: {password: p}}", "1:23: observability.auth: has a password without username")]
    [InlineData("observability: {auth: {username: u, password: p, bearer_token: t}}", "1:23: observability.auth: has both a user and a bearer token; keep one")]
    [InlineData("observability: {auth: {username: u, password: p, password_file: f}}", "1:65: observability.auth.password_file: is given beside password; keep one")]
    [InlineData("maintenance: [{from: 2026-01-02T00:00Z, to: 2026-01-01T00:00Z, reason: x}]", "1:45: maintenance[0].to: 2026-01-01T00:00Z is not after from, 2026-01-02T00:00Z")]
    [InlineData("maintenance: [{from: 2026-01-02T00:00Z, to: 2026-01-03T00:00Z, reason: x, services: [a]}]", "1:86: maintenance[0].services[0]: there is no service a; none is configured")]
    [InlineData("deployments: {list: [{at: 2026-01-02T00:00Z, version: x, services: [a]}]}", "1:69: deployments.list[0].services[0]: there is no service a; none is configured")]
    [InlineData("deployments: {version_label: v, query: x}", "1:40: deployments.query: is given beside version_label; keep one")]
    [InlineData("deployments: {version_metric: x}", "1:31: deployments.version_metric: is given without version_label; write the label")]
    [InlineData("deployments: {version_label: v, version_metric: 'x{a=\"b\"}'}", "1:49: deployments.version_metric: x{a=\"b\"} has matchers; write the metric's name alone")]
    [InlineData("prices: {currency: EUR}", "1:9: prices: has no price; write at least one of cpu_core_hour, memory_gib_hour, million_requests")]
    [InlineData("regions: {primary: us, names: [eu]}", "1:20: regions.primary: us is none of regions.names; write one of eu")]
    public void Load_PartsThatDoNotFit_AreRefused(string yaml, string refusal) =>
        Assert.StartsWith("tars.yaml:" + refusal, Assert.Single(SettingsFile.Refusals(yaml)), StringComparison.Ordinal);

    [Fact]
    public void Load_NeitherDirection_AsksWhichSideIsGood() => Assert.Equal(
        ["tars.yaml:2:14: objectives[0]: does not say which side of 5 is good; write good_when: at_most or at_least"],
        SettingsFile.Refusals("services: [{name: a, indicators: {q: {gauge: x, better: neither}}}]\nobjectives: [{service: a, indicator: q, threshold: 5, target: 99%}]\n"));

    [Fact]
    public void Load_ManyMismatches_AreReportedAtOnceFromTopToBottom() => Assert.Equal(
        [
            "tars.yaml:1:30: observability.auth: has a password without username",
            "tars.yaml:2:25: objectives[0].service: there is no service x; none is configured",
            "tars.yaml:3:9: prices: has no price; write at least one of cpu_core_hour, memory_gib_hour, million_requests",
        ],
        SettingsFile.Refusals("observability: {       auth: {password: p}}\nobjectives: [ {service: x, indicator: y, target: 99%}]\nprices: {currency: EUR}\n"));
}
