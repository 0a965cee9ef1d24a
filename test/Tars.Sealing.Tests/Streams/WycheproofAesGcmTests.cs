using System.Text.Json;
using Tars.Sealing.Streams;
using Tars.TestKit;

namespace Tars.Sealing.Tests.Streams;

/// <summary>Project Wycheproof's vectors for AES-GCM (C2SP/wycheproof), through the primitive that chunks and wrapped keys use.</summary>
public sealed class WycheproofAesGcmTests
{
    [Fact]
    public void Aes256Gcm_EveryVector_IsOpenedRefusedOrNotSupportedForAReason()
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(TestData.Require("wycheproof/aes_gcm_test.json")));
        int opened = 0;
        int refused = 0;
        int unsupported = 0;
        foreach (JsonElement group in file.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            (int key, int iv, int tag) shape = (Number(group, "keySize"), Number(group, "ivSize"), Number(group, "tagSize"));
            foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
            {
                string name = $"tcId {Number(test, "tcId")}";
                if (shape != (256, 96, 128))
                {
                    ArgumentException refusal = Assert.Throws<ArgumentException>(() => Open(test, out _));
                    Assert.Contains("bits is not supported; sealed files use", refusal.Message, StringComparison.Ordinal);
                    unsupported++;
                    continue;
                }

                bool isValid = test.GetProperty("result").GetString() == "valid";
                Assert.True(Open(test, out byte[] plain) == isValid, name);
                Assert.Equal(isValid ? Hex(test, "msg") : new byte[plain.Length], plain);
                if (isValid)
                {
                    Assert.Equal([.. Hex(test, "ct"), .. Hex(test, "tag")], Seal(test));
                    opened++;
                }
                else
                {
                    refused++;
                }
            }
        }

        // Counted in the file of the test data: 66 vectors of 256, 96 and 128 bits, of 316.
        Assert.Equal((39, 27, 250), (opened, refused, unsupported));
    }

    private static bool Open(JsonElement test, out byte[] plain)
    {
        byte[] ciphertext = Hex(test, "ct");
        plain = new byte[ciphertext.Length];
        using Aes256Gcm cipher = new(Hex(test, "key"));
        return cipher.TryOpen(Hex(test, "iv"), ciphertext, Hex(test, "tag"), plain, Hex(test, "aad"));
    }

    private static byte[] Seal(JsonElement test)
    {
        byte[] plain = Hex(test, "msg");
        byte[] result = new byte[plain.Length + 16];
        using Aes256Gcm cipher = new(Hex(test, "key"));
        cipher.Seal(Hex(test, "iv"), plain, result.AsSpan(0, plain.Length), result.AsSpan(plain.Length), Hex(test, "aad"));
        return result;
    }

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    private static byte[] Hex(JsonElement element, string name) => Convert.FromHexString(element.GetProperty(name).GetString()!);
}
