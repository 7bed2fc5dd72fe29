# Offhook: what IP phones are told, for MikroTik RouterOS (7.16 and later).
# Paste it into a terminal. It holds for all DHCP servers of the router; server=NAME in a matcher
# restricts it.
# Unverified: written after the manual, never run on a router. If a matcher asks for an address
# pool, add address-pool=NAME.

# Cisco SPA.
# Unverified: That 159 and 160 are plain strings; the class of a PAP2T; SPA525G2 is also said to
# look at 60, 43 and 125.
# Unverified: that these phones look at next-server (siaddr); no source says it.
# Option 160 is "http://prov.example.com:1445/spa$PSN.cfg".
# Option 159 is "http://prov.example.com:1445/spa$PSN.cfg".
# The field siaddr is not set: it is next-server in /ip dhcp-server network, the same for all
# clients.
/ip dhcp-server option
add name=offhook-cisco-spa-66 code=66 value="s'prov.example.com'"
add name=offhook-cisco-spa-160 code=160 value=0x687474703a2f2f70726f762e6578616d706c652e636f6d3a313434352f7370612450534e2e636667
add name=offhook-cisco-spa-159 code=159 value=0x687474703a2f2f70726f762e6578616d706c652e636f6d3a313434352f7370612450534e2e636667
add name=offhook-cisco-spa-150 code=150 value=0xc000020a
/ip dhcp-server option sets
add name=offhook-cisco-spa options=offhook-cisco-spa-66,offhook-cisco-spa-160,offhook-cisco-spa-159,offhook-cisco-spa-150
/ip dhcp-server matcher
add name=offhook-cisco-spa-1 server=all code=60 matching-type=substring value="LINKSYS SPA" option-set=offhook-cisco-spa
add name=offhook-cisco-spa-2 server=all code=60 matching-type=substring value="LINKSYS PAP2" option-set=offhook-cisco-spa
add name=offhook-cisco-spa-3 server=all code=60 matching-type=substring value="CISCO SPA" option-set=offhook-cisco-spa
add name=offhook-cisco-spa-4 server=all code=60 matching-type=substring value="Cisco SPA" option-set=offhook-cisco-spa
add name=offhook-cisco-spa-5 server=all code=60 matching-type=substring value="CISCO ATA191-MPP" option-set=offhook-cisco-spa
add name=offhook-cisco-spa-6 server=all code=60 matching-type=substring value="CISCO ATA192-MPP" option-set=offhook-cisco-spa
add name=offhook-cisco-spa-7 server=all code=60 matching-type=substring value="Cisco Systems, Inc. IP Phone SPA5" option-set=offhook-cisco-spa

# Polycom.
# Unverified: The number of the custom option (160) and the ASCII form of the class; newer firmware
# may send a binary class with enterprise number 13885.
/ip dhcp-server option
add name=offhook-polycom-160 code=160 value="s'http://prov.example.com:1445/'"
add name=offhook-polycom-66 code=66 value="s'http://prov.example.com:1445/'"
/ip dhcp-server option sets
add name=offhook-polycom options=offhook-polycom-160,offhook-polycom-66
/ip dhcp-server matcher
add name=offhook-polycom-1 server=all code=60 matching-type=substring value="Polycom-" option-set=offhook-polycom

# Snom.
# Option 43 holds 66 "http://prov.example.com:1445" and 67 "{mac}.xml".
# Unverified: Option 114 (captive portal) as a provisioning URL on newer firmware.
/ip dhcp-server option
add name=offhook-snom-43 code=43 value=0x421d687474703a2f2f70726f762e6578616d706c652e636f6d3a3134343500430a7b6d61637d2e786d6c00
add name=offhook-snom-66 code=66 value="s'http://prov.example.com:1445/'"
/ip dhcp-server option sets
add name=offhook-snom options=offhook-snom-43,offhook-snom-66
/ip dhcp-server matcher
add name=offhook-snom-1 server=all code=60 matching-type=substring value="snom" option-set=offhook-snom

# Yealink.
# Unverified: Later firmware is said to ask for options 160 and 161 first. Some read option 43 as
# the TR-069 server in sub-option form.
# Unverified: that these phones look at next-server (siaddr); no source says it.
# The field siaddr is not set: it is next-server in /ip dhcp-server network, the same for all
# clients.
/ip dhcp-server option
add name=offhook-yealink-66 code=66 value="s'http://prov.example.com:1445/'"
add name=offhook-yealink-43 code=43 value="s'http://prov.example.com:1445/'"
/ip dhcp-server option sets
add name=offhook-yealink options=offhook-yealink-66,offhook-yealink-43
/ip dhcp-server matcher
add name=offhook-yealink-1 server=all code=60 matching-type=substring value="yealink" option-set=offhook-yealink
# No class for softclients. Soft clients: these find no server by DHCP.
