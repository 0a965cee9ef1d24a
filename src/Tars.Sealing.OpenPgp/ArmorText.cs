using Org.BouncyCastle.Bcpg;

namespace Tars.Sealing.OpenPgp;

/// <summary>ASCII armour without a version line, so that the same content gives the same text with every release.</summary>
internal static class ArmorText
{
    /// <summary>Returns an armouring stream over <paramref name="output"/>, which stays open.</summary>
    public static ArmoredOutputStream Over(Stream output) => ArmoredOutputStream.Build().ClearHeaders().Build(output);
}
