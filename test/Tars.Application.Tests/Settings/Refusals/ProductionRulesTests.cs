using Tars.Application.Settings.Refusals;
using Tars.Configuration.Sections;
using Xunit;

namespace Tars.Application.Tests.Settings.Refusals;

public class ProductionRulesTests
{
    // name, the scope that alone asks for it, what breaks it, the key that is refused, the refusal.
    public static TheoryData<string, Requirements, string, string> Rules => new()
    {
        { "tls", Requirements.Api, "TARS_API_TLS_ENABLED=false", "api.tls_enabled: is off, and prod serves the API over TLS only" },
        { "tls_min_version", Requirements.Api, "TARS_API_TLS_MIN_VERSION=1.2", "api.tls_min_version: is 1.2, and prod speaks TLS 1.3 only" },
        { "wildcard_cors", Requirements.Api, "TARS_API_CORS_ORIGINS=https://a.example.com,*", "api.cors_origins: holds a *, and prod names the origins that may call" },
        { "weak_secrets", Requirements.Api, "TARS_API_JWT_SECRET=your-secret-key-change-in-production", "api.jwt_secret: is a default that others know; make one with 'openssl rand -base64 48'" },
        { "mfa", Requirements.Api, "TARS_API_REQUIRE_MFA=sre", "api.require_mfa: leaves out admin, and in prod administrators log in with a second factor" },
        { "encryption", Requirements.Command, "TARS_SECURITY_ENCRYPTION_ENABLED=false", "security.encryption_enabled: is off, and prod encrypts reports" },
        { "signing", Requirements.Command, "TARS_SECURITY_SIGNING_ENABLED=false", "security.signing_enabled: is off, and prod signs reports" },
        { "enforcement", Requirements.Command, "TARS_COMPLIANCE_ENFORCEMENT_MODE=warn", "compliance.enforcement_mode: is warn, and in prod a violation blocks" },
        { "audit", Requirements.Command, "TARS_COMPLIANCE_AUDIT_CHAIN_ENABLED=false", "compliance.audit_chain_enabled: is off, and prod keeps an audit log" },
        { "two_person", Requirements.Command, "TARS_COMPLIANCE_AUDIT_TWO_PERSON=false", "compliance.audit_two_person: is off, and in prod two persons remove from the audit log" },
    };

    [Fact]
    public void Load_CompleteProduction_IsRefusedForNothingButWhatThisVersionLacks()
    {
        using ProfileFile file = new();

        string[] refusals = file.Refusals("prod", Requirements.Service, ProfileFile.Production);

        Assert.Empty(ProfileFile.WithoutMissing(refusals));
        Assert.Equal(refusals.Length, refusals.Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Load_BrokenRule_IsRefusedInProdByWhomItBindsAndNobodyElse(string name, Requirements binds, string variable, string refusal)
    {
        using ProfileFile file = new();
        (string, string) setting = (variable.Split('=')[0], variable.Split('=')[1]);
        string expected = $"{setting.Item1}: {refusal}; or waive it with its reason: waivers.{name}";

        Assert.Equal([expected], ProfileFile.WithoutMissing(file.Refusals("prod", Requirements.Service, ProfileFile.Production, setting)));
        Assert.Equal([expected], ProfileFile.WithoutMissing(file.Refusals("prod", binds, ProfileFile.Production, setting)));
        Assert.Empty(ProfileFile.WithoutMissing(file.Refusals("prod", Requirements.Service & ~binds, ProfileFile.Production, setting)));
        Assert.Empty(file.Refusals("prod", Requirements.None, ProfileFile.Production, setting));
        foreach (string other in (string[])["local", "dev", "staging"])
        {
            Assert.Empty(ProfileFile.WithoutMissing(file.Refusals(other, Requirements.Service, ProfileFile.Production, setting)));
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Load_WaivedRule_IsReportedWithItsReason(string name, Requirements binds, string variable, string refusal)
    {
        using ProfileFile file = new();

        // encryption and signing are what this version lacks: waive the other as well, so that the run is allowed.
        string[] waived = [.. ((string[])["encryption", "signing", name]).Distinct()];
        string yaml = ProfileFile.Production + "waivers:\n" + string.Concat(waived.Select(rule => $"  {rule}: a reason for {rule}\n"));
        (string, string)[] settings =
        [
            .. ((string[])["TARS_SECURITY_ENCRYPTION_ENABLED=false", "TARS_SECURITY_SIGNING_ENABLED=false", variable]).Distinct().Select(text => (text.Split('=')[0], text.Split('=')[1])),
        ];

        IReadOnlyList<Waiver> waivers = file.Bind("prod", Requirements.Service, yaml, settings).Waivers;

        Assert.Equal(waived.Order(), waivers.Select(waiver => waiver.Name).Order());
        Waiver own = waivers.Single(waiver => waiver.Name == name);
        Assert.Equal(("a reason for " + name, refusal), (own.Reason, own.Refusal));
        Assert.Matches(@"^tars\.yaml:[0-9]+:[0-9]+: waived ", own.ToString());
        Assert.NotEqual(Requirements.None, binds);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Load_WaiverOfWhatIsNotRefused_IsAnError(string name, Requirements binds, string variable, string refusal)
    {
        using ProfileFile file = new();
        string yaml = ProfileFile.Production + $"waivers: {{{name}: x}}\n";

        Assert.Equal(
            [$"tars.yaml:8:{12 + name.Length + 1}: waivers.{name}: waives what is not refused; remove it"],
            ProfileFile.WithoutMissing(file.Refusals("prod", Requirements.Service, yaml)));
        Assert.Empty(ProfileFile.WithoutMissing(file.Refusals("prod", Requirements.Service & ~binds, yaml)));
        Assert.Empty(ProfileFile.WithoutMissing(file.Refusals("staging", Requirements.Service, yaml)));
        Assert.NotEqual(variable, refusal);
    }

    [Fact]
    public void Load_WaiverOutsideAFile_IsNone()
    {
        using ProfileFile file = new();

        Assert.Contains(
            "TARS_WAIVERS_ENFORCEMENT: waivers.enforcement: is no waiver here: write it in a file, where it can be read and reviewed",
            file.Refusals("prod", Requirements.Command, ProfileFile.Production, ("TARS_WAIVERS_ENFORCEMENT", "hurry"), ("TARS_COMPLIANCE_ENFORCEMENT_MODE", "log")));
    }

    [Fact]
    public void Load_UnknownWaiver_IsRefusedWithTheNearest()
    {
        using ProfileFile file = new();

        Assert.Equal(["tars.yaml:1:12: waivers.encrypton: is not a known key; did you mean encryption?"], file.Refusals("prod", Requirements.Service, "waivers: { encrypton: x}\n"));
    }

    [Fact]
    public void Names_All_AreTheKeysOfTheWaiversSectionAndTestedAbove()
    {
        Assert.Equal(TarsSchema.Instance.Keys.Where(pair => pair.Path.StartsWith("waivers.", StringComparison.Ordinal)).Select(pair => pair.Key.Name), ProductionRules.Names);
        Assert.Equal(ProductionRules.Names, Rules.Select(rule => rule.Data.Item1));
    }

    [Fact]
    public void Load_WeakPasswordsOfTheStore_AreRefusedInProd()
    {
        using ProfileFile file = new();
        string yaml = ProfileFile.Production + "storage: {database_url: \"postgresql://db/tars\", database_user: tars, database_password: \"postgres\"}\n";

        Assert.Equal(
            ["tars.yaml:8:89: storage.database_password: is a default that others know; make one with 'openssl rand -base64 48'; or waive it with its reason: waivers.weak_secrets"],
            ProfileFile.WithoutMissing(file.Refusals("prod", Requirements.Service, yaml)));
    }

    [Fact]
    public void Load_ApiThatIsNotServed_IsNotRefused()
    {
        using ProfileFile file = new();

        Assert.Empty(ProfileFile.WithoutMissing(file.Refusals("prod", Requirements.Service, "api: {enabled: false}\nsecurity: {key_ring: keys}\n")));
    }
}
